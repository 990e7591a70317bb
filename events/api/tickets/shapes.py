"""What the calls about tickets answer."""

from rest_framework import serializers

from core.api.fields import UtcDateTimeField
from core.api.shapes import Shape
from events.api.catalogue.shapes import EventShape, TicketTypeShape
from events.models import Ticket


class UserTicketShape(Shape):
    """A ticket, of `Ticket.objects.with_details()`."""

    id = serializers.IntegerField()
    user_id = serializers.IntegerField(help_text="Who holds it.")
    ticket_id = serializers.IntegerField(source="ticket_type_id", help_text="Its ticket type.")
    event_id = serializers.IntegerField(help_text="Its event.")
    purchase_id = serializers.IntegerField(source="order_id", help_text="The order that it was bought with.")
    qr_code = serializers.CharField(source="code", help_text="What its QR code says, signed by us.")
    status = serializers.ChoiceField(Ticket.Status.choices, help_text="Whether it admits.")
    checked_in_at = UtcDateTimeField(allow_null=True, help_text="When it was admitted.")
    created_at = UtcDateTimeField()
    updated_at = UtcDateTimeField()
    event = EventShape(help_text="Its event, as it is now.")
    ticket = TicketTypeShape(source="kind", help_text="Its ticket type, as it is now.")
    attendee_name = serializers.CharField(help_text="Whose name is on it.")
