"""The shapes of what is answered about orders."""

from typing import Any

from rest_framework import serializers

from accounts.api.inputs import AddressInput
from core.api.fields import BlankIsNullField, MoneyField, UtcDateTimeField
from core.api.pagination import PageShape
from core.api.shapes import MessageShape, Shape
from orders.models import Order
from payments.api.shapes import InvoiceShape, PaymentShape
from payments.models import Refund


class LineShape(Shape):
    """A line of an order; names and prices are those of the day it was placed."""

    example = {
        "id": 1,
        "product_id": 101,
        "quantity": 1,
        "price": 599.99,
        "subtotal": 599.99,
        "product_name": "Refurbished Laptop XPS 13",
        "image_url": "/images/products/laptop-xps-13.jpg",
        "sku": "XPS13-R-2025",
        "serials": [],
    }

    id = serializers.IntegerField()
    product_id = serializers.IntegerField(help_text="The product, as the catalogue knows it.")
    quantity = serializers.IntegerField(help_text="How many pieces.")
    price = MoneyField(help_text="Of one piece.")
    subtotal = MoneyField(help_text="Of all pieces, before tax.")
    product_name = serializers.CharField(help_text="What it was called.")
    image_url = serializers.CharField(help_text="Its picture.")
    sku = serializers.CharField(help_text="The stock keeping unit.")
    serials = serializers.ListField(
        child=serializers.CharField(), help_text="The serial numbers of the devices that were shipped."
    )


class OrderShape(Shape):
    """An order with its lines."""

    example = {
        "id": 1,
        "user_id": 1,
        "order_date": "2025-04-01T12:30:45Z",
        "total": 649.49,
        "subtotal": 599.99,
        "shipping_total": 0.0,
        "tax_total": 49.5,
        "currency": "USD",
        "status": "processing",
        "payment_status": "paid",
        "shipping_address_id": 1,
        "billing_address_id": 1,
        "shipping_method": "standard",
        "carrier": None,
        "tracking_number": None,
        "notes": None,
        "items": [LineShape.example],
    }

    id = serializers.IntegerField()
    user_id = serializers.IntegerField()
    order_date = UtcDateTimeField(help_text="When it was placed, UTC.")
    total = MoneyField(help_text="What there is to pay.")
    subtotal = MoneyField(help_text="Of the goods alone.")
    shipping_total = MoneyField(help_text="Of the shipping.")
    tax_total = MoneyField(help_text="Sales tax on the goods.")
    currency = serializers.CharField()
    status = serializers.ChoiceField(choices=Order.Status.choices)
    payment_status = serializers.ChoiceField(choices=Order.PaymentStatus.choices, help_text="Where its money stands.")
    shipping_address_id = serializers.IntegerField(
        source="shipping_address_ref_id", help_text="The address that it goes to, as it was copied from."
    )
    billing_address_id = serializers.IntegerField(
        source="billing_address_ref_id", help_text="The address of the bill, as it was copied from."
    )
    shipping_method = serializers.CharField(help_text="The code of the shipping method.")
    carrier = BlankIsNullField(help_text="Who carries the parcel.")
    tracking_number = BlankIsNullField(help_text="The parcel's number.")
    notes = BlankIsNullField()
    items = LineShape(source="lines", many=True, help_text="What was ordered.")


class AddressCopyShape(Shape):
    """An order's copy of an address."""

    example = {"id": 1, **AddressInput.example}

    id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    street_address = serializers.CharField()
    city = serializers.CharField()
    state = serializers.CharField()
    zip_code = serializers.CharField()
    country = serializers.CharField()
    phone = serializers.CharField(help_text="For the carrier.")


class OrderPaymentShape(PaymentShape):
    """A payment of an order."""

    order_id = serializers.IntegerField(source="order_payment.order_id", help_text="The order that it pays.")


class StatusChangeShape(Shape):
    """A step in an order's life."""

    example = {
        "id": 2,
        "order_id": 1,
        "status": "processing",
        "notes": "Payment confirmed, processing order",
        "created_at": "2025-04-01T12:31:20Z",
        "created_by": "System",
    }

    id = serializers.IntegerField()
    order_id = serializers.IntegerField(source="subject_id", help_text="The order.")
    status = serializers.CharField(help_text="Where it went.")
    notes = serializers.CharField()
    created_at = UtcDateTimeField()
    created_by = serializers.CharField(help_text="Who did it.")


class RefundedPiecesShape(Shape):
    """Pieces of a line whose price went back."""

    order_item_id = serializers.IntegerField(source="line_id", help_text="The line.")
    quantity = serializers.IntegerField(help_text="How many pieces.")


class RefundShape(Shape):
    """Money that went back or is on its way, and the pieces that it is for, where it is for any."""

    id = serializers.IntegerField()
    amount = MoneyField(help_text="How much goes back.")
    reason = serializers.CharField(help_text="Why.")
    status = serializers.ChoiceField(choices=Refund.Status.choices)
    created_at = UtcDateTimeField()
    credit_note_number = serializers.CharField(
        source="credit_note.number", allow_null=True, help_text="The credit note, once the money went back."
    )
    lines = serializers.SerializerMethodField(help_text="The pieces whose price it is.")

    def get_lines(self, refund: Refund) -> list[dict[str, Any]]:
        parts = getattr(refund, "order_refund", None)
        return RefundedPiecesShape.all(parts.lines.all()) if parts else []


class OrderDetailShape(OrderShape):
    """The whole order; read it with `Order.objects.with_details()`."""

    shipping_address = AddressCopyShape(help_text="Where it goes.")
    billing_address = AddressCopyShape(help_text="Who is billed.")
    invoice_number = serializers.CharField(allow_null=True, help_text="Its invoice, once it is paid.")
    payments = OrderPaymentShape(source="all_payments", many=True, help_text="Made or begun, oldest first.")
    refunds = RefundShape(source="all_refunds", many=True, help_text="Of its payments, oldest first.")
    status_history = StatusChangeShape(many=True, help_text="Its steps, the latest first.")


class OrderPageShape(PageShape):
    """A page of the user's orders, newest first."""

    orders = OrderShape(many=True, help_text="The orders of this page.")


class OneOrderShape(Shape):
    """One order, whole."""

    order = OrderDetailShape(help_text="The order.")


class ChangedOrderShape(MessageShape):
    """An order that was just placed or changed."""

    order = OrderShape(help_text="The order, as it is now.")


class OrderPaymentsShape(Shape):
    """The payments of an order, made or begun, oldest first."""

    payments = OrderPaymentShape(many=True, help_text="The payments.")


class CreditNoteListShape(Shape):
    """The credit notes of an order, oldest first; each takes back a part of the invoice, or all of it."""

    credit_notes = InvoiceShape(many=True, help_text="The credit notes.")


class ShippingMethodShape(Shape):
    """A way to send an order."""

    code = serializers.CharField(help_text="What an order names it by.")
    name = serializers.CharField(help_text="What it is called.")
    price = MoneyField(help_text="What it costs.")


class ShippingMethodListShape(Shape):
    """The shipping methods on offer, cheapest first."""

    shipping_methods = ShippingMethodShape(many=True, help_text="The methods.")


class LatestOrderShape(Shape):
    """The latest order in short."""

    id = serializers.IntegerField()
    order_date = UtcDateTimeField(help_text="When it was placed, UTC.")
    total = MoneyField(help_text="What there is to pay.")
    status = serializers.CharField()


class StatsShape(Shape):
    """Figures about the user's own orders."""

    total_orders = serializers.IntegerField(help_text="How many there are.")
    status_counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many stand at each status."
    )
    total_spent = MoneyField(help_text="What was paid, less what went back.")
    most_recent_order = LatestOrderShape(allow_null=True, help_text="The latest one.")
