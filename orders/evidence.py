"""What an order can show a bank: what was ordered, by whom, what was sent where and when, and what was paid."""

from typing import Any

from core.card_numbers import without_card_numbers
from orders.models import Order
from payments.disputes.evidence import bundle, customer_facts, history_facts, invoice_files, payment_facts, readable


def evidence_of(order: Order) -> bytes:
    """A ZIP: the order, its delivery, its payments, its invoices. As long as nothing happens, the same bytes."""
    facts = {
        "order.json": order_facts(order),
        "delivery.json": delivery_facts(order),
        "payments.json": [payment_facts(payment) for payment in order.payments()],
    }
    files = {name: readable(content) for name, content in facts.items()}
    return bundle({**files, **invoice_files(f"order:{order.pk}")})


def order_facts(order: Order) -> dict[str, Any]:
    """What was agreed, and what happened since."""
    return {
        "number": order.pk,
        "placed_at": order.order_date,
        "status": order.status,
        "payment_status": order.payment_status,
        "customer": customer_facts(order.user),
        "items": [
            {"product": line.product_name, "sku": line.sku, "price": line.price, "quantity": line.quantity}
            for line in order.lines.all()
        ],
        "goods": order.subtotal,
        "shipping": order.shipping_total,
        "tax": order.tax_total,
        "total": order.total,
        "currency": order.currency,
        "billing_address": order.billing_address,
        "notes": without_card_numbers(order.notes),
        "history": history_facts(order.status_history.select_related("actor")),
    }


def delivery_facts(order: Order) -> dict[str, Any]:
    """What was sent: which devices, with whom, where to and when."""
    reached = dict(order.status_history.order_by("-pk").values_list("status", "created_at"))
    return {
        "method": order.shipping_method,
        "carrier": order.carrier,
        "tracking_number": order.tracking_number,
        "address": order.shipping_address,
        "shipped_at": reached.get(Order.Status.SHIPPED),
        "delivered_at": reached.get(Order.Status.DELIVERED),
        "devices": {line.sku: line.serials for line in order.lines.all()},
    }
