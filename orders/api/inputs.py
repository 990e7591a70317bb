"""What the calls of orders read."""

from typing import Any

from rest_framework import serializers

from accounts.api.fields import LineField
from core.api.fields import IdField, IntegerField, OneOfField, TextField, WordsField
from core.api.inputs import Input, QueryInput
from orders.models import Order

MAX_LINES = 50
MAX_SERIALS = 1000
MAX_QUANTITY = 1_000_000  # of the type; how many pieces one order may hold is a rule of placing it


class OrderListInput(QueryInput):
    """Which of the user's orders to list."""

    status = OneOfField(Order.Status.choices, required=False, help_text="Only those that stand there.")


class ItemInput(Input):
    """A product and how many pieces of it. The price is the catalogue's, never the client's."""

    product_id = IdField(help_text="The product.")
    quantity = IntegerField(min_value=1, max_value=MAX_QUANTITY, help_text="How many pieces.")


class OrderInput(Input):
    """What to order and where to send it."""

    example = {
        "items": [{"product_id": 101, "quantity": 1}],
        "shipping_address_id": 1,
        "billing_address_id": 1,
        "shipping_method": "standard",
        "notes": "Please leave package at front door",
    }

    items = serializers.ListField(
        child=ItemInput(), allow_empty=False, max_length=MAX_LINES, help_text="Each product once."
    )
    shipping_address_id = IdField(help_text="One of the user's addresses.")
    billing_address_id = IdField(required=False, allow_null=True, help_text="By default the shipping address.")
    shipping_method = TextField(max_length=50, default="standard", help_text="The code of a shipping method.")
    notes = WordsField(max_length=2000, allow_blank=True, allow_null=True, required=False)

    def validate_notes(self, value: str | None) -> str:
        return value or ""


class CancelInput(Input):
    """Why, if the customer cares to say."""

    example = {"notes": "Found a better deal"}

    notes = WordsField(max_length=2000, allow_blank=True, required=False)


class StatusInput(Input):
    """The next status, a word about it, and when it ships the parcel's number and the devices in it."""

    example = {
        "status": "shipped",
        "notes": "Shipped via USPS",
        "carrier": "USPS",
        "tracking_number": "9400110200881234567890",
    }

    status = serializers.ChoiceField(choices=Order.Status.choices)
    notes = WordsField(max_length=2000, allow_blank=True, default="")
    tracking_number = LineField(max_length=100, allow_blank=True, default="", help_text="The parcel's number.")
    carrier = LineField(max_length=100, allow_blank=True, default="", help_text="Who carries it.")
    serials = serializers.ListField(
        child=TextField(max_length=64),
        max_length=MAX_SERIALS,
        required=False,
        help_text="The serial numbers of the devices in the parcel.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Devices leave when the order is shipped, and not before."""
        if "serials" in attrs and attrs["status"] != Order.Status.SHIPPED:
            raise serializers.ValidationError({"serials": ["Only an order that is shipped takes serial numbers."]})
        return attrs
