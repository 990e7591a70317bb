"""What the calls about orders read."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from accounts.api.fields import EmailField, LineField
from core.api.fields import IdField, IntegerField, TextField, WordsField
from core.api.inputs import OpenInput

MAX_LINES = 50
MAX_QUANTITY = 100  # of any ticket type; what one order may have of this one is a rule of placing it


class LineInput(OpenInput):
    """A ticket type and how many of it. The price is the catalogue's."""

    aliases = {"ticket_type_id": "ticket_id"}

    ticket_id = IdField(help_text="The ticket type.")
    quantity = IntegerField(min_value=1, max_value=MAX_QUANTITY, help_text="How many tickets.")


class ContactInput(OpenInput):
    """Where the tickets are sent beside the account's address."""

    email = EmailField(required=False, allow_null=True, allow_blank=True, help_text="An address of their choice.")
    phone = LineField(required=False, allow_null=True, allow_blank=True, max_length=40, help_text="A number.")
    full_name = LineField(required=False, allow_null=True, allow_blank=True, max_length=150, help_text="Whose name.")


class OrderInput(OpenInput):
    """What to order."""

    example = {"event_id": 123, "tickets": [{"ticket_id": 1, "quantity": 2}]}

    event_id = IdField(help_text="The event.")
    tickets = serializers.ListField(
        child=LineInput(), allow_empty=False, max_length=MAX_LINES, help_text="Lines of one type add up."
    )
    customer_info = ContactInput(required=False, allow_null=True, help_text="Who gets the tickets.")
    voucher = TextField(required=False, allow_null=True, allow_blank=True, max_length=40, help_text="A code.")


class VerifyInput(OpenInput):
    """Which payment to ask for."""

    example = {"reference": "PNG-0123456789abcdef0123456789abcdef", "order_id": 789}

    reference = WordsField(max_length=100, help_text="The payment's, or `ORDER_<id>`.")
    order_id = IdField(required=False, allow_null=True, help_text="The order that it must belong to.")


class RefundInput(OpenInput):
    """Which tickets go back."""

    example = {"ticket_ids": [1]}

    ticket_ids = serializers.ListField(
        child=IdField(),
        required=False,
        allow_null=True,
        allow_empty=False,
        max_length=1000,
        help_text="Tickets of this order; by default all that can go back.",
    )


def order_from(body: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `place_order` in a validated OrderInput; lines of one type add up."""
    items: Counter[int] = Counter()
    for line in body["tickets"]:
        items[line["ticket_id"]] += line["quantity"]
    contact = body.get("customer_info") or {}
    names = {"email": "email", "name": "full_name", "phone": "phone"}
    return {
        "event_id": body["event_id"],
        "items": items,
        "contact": {own: contact.get(theirs) or "" for own, theirs in names.items()},
        "voucher": body.get("voucher") or "",
    }
