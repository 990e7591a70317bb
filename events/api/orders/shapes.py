"""What the calls about orders answer."""

from rest_framework import serializers

from core.api.fields import MoneyField, UtcDateTimeField
from core.api.pagination import PageShape
from core.api.shapes import Shape
from events.api.tickets.shapes import UserTicketShape
from events.models import TicketOrder
from events.selling import paying

PAYMENT_STATUSES = TicketOrder.PaymentStatus.choices


class PurchaseShape(Shape):
    """An order, of `orders.with_tickets`."""

    id = serializers.IntegerField()
    user_id = serializers.IntegerField(help_text="Who bought.")
    event_id = serializers.IntegerField(help_text="The event.")
    total_amount = MoneyField(source="total", help_text="What there is to pay, in Naira.")
    currency = serializers.CharField()
    payment_status = serializers.ChoiceField(PAYMENT_STATUSES, help_text="Where its money stands.")
    payment_method = serializers.CharField(help_text="paystack, or free.")
    payment_reference = serializers.CharField(source="reference", help_text="What it is paid with.")
    expires_at = UtcDateTimeField(source="hold_until", allow_null=True, help_text="Until when its places are held.")
    created_at = UtcDateTimeField()
    updated_at = UtcDateTimeField()
    tickets = UserTicketShape(many=True, help_text="Those its buyer holds; none until it is paid.")


class PurchasePageShape(PageShape):
    """A page of orders."""

    orders = PurchaseShape(many=True, help_text="The orders, newest first.")


class PopupShape(Shape):
    """With what the browser opens Paystack's popup."""

    reference = serializers.CharField(help_text="What it is paid with.")
    amount = serializers.IntegerField(help_text="In kobo.")
    currency = serializers.CharField()
    email = serializers.CharField(help_text="Whom Paystack writes to.")
    public_key = serializers.CharField(help_text="What Paystack's script needs to know.")
    authorization_url = serializers.CharField(
        allow_null=True, help_text="null: the popup is opened with the reference."
    )


class PlacedOrderShape(Shape):
    """An order that was placed, and how it is paid."""

    order = PurchaseShape(help_text="The order.")
    payment_intent = PopupShape(help_text="How it is paid.")


class VerdictShape(Shape):
    """What became of an order's money."""

    status = serializers.ChoiceField(paying.Outcome.choices, help_text="Whether it is paid.")
    payment_status = serializers.ChoiceField(PAYMENT_STATUSES, help_text="Where its money stands.")
    order = PurchaseShape(help_text="The order.")
    message = serializers.CharField()


class QuoteShape(Shape):
    """What would go back now."""

    amount = MoneyField(help_text="In Naira.")
    tickets = UserTicketShape(many=True, help_text="For which tickets.")
    until = UtcDateTimeField(allow_null=True, help_text="Until when.")
    reason = serializers.CharField(help_text="Why nothing goes back.")
