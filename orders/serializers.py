"""Bodies in and out of the order endpoints."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from accounts.fields import LineField
from core.api.fields import IdField, IntegerField, TextField, WordsField, utc
from core.api.serializers import StrictSerializer
from orders.models import Order, OrderLine, OrderStatusChange, ShippingMethod
from payments.api.invoices import number_of
from payments.api.serializers import payment_json
from payments.models import Payment, Refund

MAX_LINES = 50
MAX_SERIALS = 1000
MAX_QUANTITY = 1_000_000  # of the type; how many pieces one order may hold is a rule of placing it


class ItemBody(StrictSerializer):
    """A product and how many pieces of it. The price is the catalogue's, never the client's."""

    product_id = IdField()
    quantity = IntegerField(min_value=1, max_value=MAX_QUANTITY)


class OrderBody(StrictSerializer):
    """What to order and where to send it."""

    items = serializers.ListField(child=ItemBody(), allow_empty=False, max_length=MAX_LINES)
    shipping_address_id = IdField()
    billing_address_id = IdField(required=False, allow_null=True)
    shipping_method = TextField(max_length=50, default="standard")
    notes = WordsField(max_length=2000, allow_blank=True, allow_null=True, required=False)

    def validate_notes(self, value: str | None) -> str:
        """No notes are an empty text inside."""
        return value or ""


class CancelBody(StrictSerializer):
    """Why, if the customer cares to say."""

    notes = WordsField(max_length=2000, allow_blank=True, required=False)


class StatusBody(StrictSerializer):
    """The next status, a word about it, and when it ships the parcel's number and the devices in it."""

    status = serializers.ChoiceField(choices=Order.Status.choices)
    notes = WordsField(max_length=2000, allow_blank=True, default="")
    tracking_number = LineField(max_length=100, allow_blank=True, default="")
    carrier = LineField(max_length=100, allow_blank=True, default="")
    serials = serializers.ListField(child=TextField(max_length=64), max_length=MAX_SERIALS, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Devices leave when the order is shipped, and not before."""
        if "serials" in attrs and attrs["status"] != Order.Status.SHIPPED:
            raise serializers.ValidationError({"serials": ["Only an order that is shipped takes serial numbers."]})
        return attrs


def line_json(line: OrderLine) -> dict[str, Any]:
    """A line as the contract shows it."""
    return {
        "id": line.pk,
        "product_id": line.product_id,
        "quantity": line.quantity,
        "price": line.price,
        "subtotal": line.subtotal,
        "product_name": line.product_name,
        "image_url": line.image_url,
        "sku": line.sku,
        "serials": line.serials,
    }


def order_json(order: Order) -> dict[str, Any]:
    """The order without its lines."""
    return {
        "id": order.pk,
        "user_id": order.user_id,
        "order_date": utc(order.order_date),
        "total": order.total,
        "subtotal": order.subtotal,
        "shipping_total": order.shipping_total,
        "tax_total": order.tax_total,
        "currency": order.currency,
        "status": order.status,
        "payment_status": order.payment_status,
        "shipping_address_id": order.shipping_address_ref_id,
        "billing_address_id": order.billing_address_ref_id,
        "shipping_method": order.shipping_method,
        "carrier": order.carrier or None,
        "tracking_number": order.tracking_number or None,
        "notes": order.notes or None,
    }


def order_with_items_json(order: Order) -> dict[str, Any]:
    """The order as the list shows it."""
    return {**order_json(order), "items": [line_json(line) for line in order.lines.all()]}


def change_json(change: OrderStatusChange) -> dict[str, Any]:
    """A step of the order's life."""
    return {
        "id": change.pk,
        "order_id": change.subject_id,
        "status": change.status,
        "notes": change.notes,
        "created_at": utc(change.created_at),
        "created_by": change.created_by,
    }


def order_payments_json(order_id: int, payments: Iterable[Payment]) -> list[dict[str, Any]]:
    """Payments as the contract lists them with an order."""
    return [{**payment_json(payment), "order_id": order_id} for payment in payments]


def refund_json(refund: Refund) -> dict[str, Any]:
    """Money that went back or is on its way, and the pieces that it is for, where it is for any."""
    made_of = getattr(refund, "order_refund", None)
    lines = made_of.lines.all() if made_of else []
    return {
        "id": refund.pk,
        "amount": refund.amount,
        "reason": refund.reason,
        "status": refund.status,
        "created_at": utc(refund.created_at),
        "credit_note_number": number_of(refund, "credit_note"),
        "lines": [{"order_item_id": part.line_id, "quantity": part.quantity} for part in lines],
    }


def order_detail_json(order: Order) -> dict[str, Any]:
    """The whole order; read it with `Order.objects.whole()`."""
    paid_with = [link.payment for link in order.order_payments.all()]
    return {
        **order_with_items_json(order),
        "shipping_address": order.shipping_address,
        "billing_address": order.billing_address,
        "invoice_number": next(filter(None, (number_of(payment, "invoice") for payment in paid_with)), None),
        "payments": order_payments_json(order.pk, paid_with),
        "refunds": [refund_json(refund) for payment in paid_with for refund in payment.refunds.all()],
        "status_history": [change_json(change) for change in order.status_history.all()],
    }


def shipping_method_json(method: ShippingMethod) -> dict[str, Any]:
    """A shipping method that a customer may choose."""
    return {"code": method.code, "name": method.name, "price": method.price}
