"""Mails about an order."""

from collections.abc import Callable
from typing import Any

from django.dispatch import receiver

from core.signals import payment_settled, refund_settled, status_changed
from notifications import contexts
from notifications.mails.formatting import money
from notifications.mails.notes import in_words
from notifications.models import Email
from notifications.outbox.attachments import papers
from notifications.outbox.queueing import queue
from orders.models import Order, OrderRefundLine, OrderStatusChange
from payments.models import Invoice, InvoiceKind, Payment, Refund
from payments.models.payment import MANUAL

STATUS = "order_status"


def confirmation(order: Order, change: OrderStatusChange) -> dict[str, Any]:
    """What was bought, for how much, and where it goes."""
    return {
        "lines": contexts.lines(order),
        "amounts": contexts.amounts(order),
        "total": money(order.total, order.currency),
        **contexts.delivery(order),
    }


def progress(order: Order, change: OrderStatusChange) -> dict[str, Any]:
    """How far the order is."""
    return {"label": contexts.status_label(change.status), **noted(order, change)}


def shipment(order: Order, change: OrderStatusChange) -> dict[str, Any]:
    """What is on its way, where it goes, and how to follow it."""
    return {
        "lines": contexts.lines(order),
        **contexts.parcel(carrier=order.carrier, tracking_number=order.tracking_number),
        **contexts.delivery(order),
    }


def noted(order: Order, change: OrderStatusChange) -> dict[str, Any]:
    """What was written down with the step."""
    return {"note": in_words(change.notes)}


Tell = Callable[[Order, OrderStatusChange], dict[str, Any]]

# The mail that each step asks for, and what it tells. The context is made in the customer's language.
LETTERS: dict[str, tuple[str, Tell]] = {
    Order.Status.PENDING: ("order_confirmation", confirmation),
    Order.Status.PROCESSING: (STATUS, progress),
    Order.Status.SHIPPED: ("order_shipped", shipment),
    Order.Status.DELIVERED: ("order_delivered", noted),
    Order.Status.CANCELLED: ("order_cancelled", noted),
}


@receiver(status_changed, sender=Order)
def tell_customer(*, subject: Order, change: OrderStatusChange, **_: Any) -> None:
    """Owe the customer the mail about this change."""
    kind, tell = LETTERS[change.status]
    invoice = invoice_of(subject) if kind == STATUS else None
    queue(
        kind=kind,
        event=f"order-status:{change.pk}",
        recipient=subject.user.email,
        user=subject.user,
        context=lambda: {
            **contexts.order(subject),
            **tell(subject, change),
            **({"invoice": number(invoice)} if kind == STATUS else {}),
        },
        attachments=papers([invoice]),
    )


def invoice_of(order: Order) -> Invoice | None:
    """The order's invoice, once it is paid."""
    found: Invoice | None = Invoice.objects.about(order.holder).of_kind(InvoiceKind.INVOICE).first()
    return found


@receiver(payment_settled, sender=Payment)
def tell_paid(*, payment: Payment, **_: Any) -> None:
    """Owe the customer their invoice when no step of the order has brought it: staff had gone on before the money."""
    order = Order.objects.filter(order_payments__payment=payment).select_related("user").first()
    invoice = Invoice.objects.filter(invoice_of=payment).first()
    if order is None or invoice is None or is_told(order, invoice):
        return
    queue(
        kind="order_paid",
        event=f"payment:{payment.pk}",
        recipient=order.user.email,
        user=order.user,
        context=lambda: {
            **contexts.order(order),
            "amount": money(payment.amount, payment.currency),
            "invoice": invoice.number,
        },
        attachments=papers([invoice]),
    )


def is_told(order: Order, invoice: Invoice) -> bool:
    """Whether the mail about the order's latest step carries the invoice."""
    latest = order.status_history.order_by("pk").last()
    mails = Email.objects.filter(kind=STATUS, event=f"order-status:{latest.pk}") if latest else []
    return any(named["id"] == invoice.pk for mail in mails for named in mail.attachments)


@receiver(refund_settled, sender=Refund)
def tell_refunded(*, refund: Refund, **_: Any) -> None:
    """Owe the customer the news that money of their order went back."""
    order = Order.objects.filter(order_payments__payment=refund.payment).select_related("user").first()
    if order is None:
        return
    note = Invoice.objects.filter(refund=refund).first()
    queue(
        kind="order_refunded",
        event=f"refund:{refund.pk}",
        recipient=order.user.email,
        user=order.user,
        context=lambda: {**contexts.order(order), **returned(refund), "credit_note": number(note)},
        attachments=papers([note]),
    )


def returned(refund: Refund) -> dict[str, Any]:
    """How much went back, what for, and how."""
    lines = OrderRefundLine.objects.filter(order_refund__refund=refund).select_related("line")
    return {
        "amount": money(refund.amount, refund.payment.currency),
        "reason": in_words(refund.reason),
        "pieces": [{"quantity": part.quantity, "name": part.line.product_name} for part in lines],
        "by_hand": refund.payment.gateway == MANUAL,
    }


def number(paper: Invoice | None) -> str:
    """What the mail calls an invoice or credit note; "" for none."""
    return paper.number if paper else ""
