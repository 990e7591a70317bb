"""What the calls about tickets answer."""

from rest_framework import serializers

from core.api.fields import BlankIsNullField, UtcDateTimeField
from core.api.pagination import PageShape
from core.api.shapes import Shape
from events.api.catalogue.shapes import EventShape, LocalDateTimeField, TicketTypeShape
from events.models import Scan, Ticket


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


class UserTicketPageShape(PageShape):
    """A page of the user's tickets."""

    tickets = UserTicketShape(many=True, help_text="Newest first.")


class TicketStatsShape(Shape):
    """How many tickets the user has."""

    total = serializers.IntegerField(help_text="All of them.")
    upcoming = serializers.IntegerField(help_text="Those whose event has not begun.")
    past = serializers.IntegerField(help_text="Those whose event has begun.")
    active = serializers.IntegerField(help_text="Those that admit.")


class TransferShape(Shape):
    """An offer of a ticket."""

    id = serializers.IntegerField()
    email = serializers.CharField(help_text="Who is to have it.")
    expires_at = UtcDateTimeField(help_text="Until when it can be accepted.")


class CheckInListShape(Shape):
    """A check-in list, which is an event."""

    id = serializers.IntegerField()
    event_id = serializers.IntegerField(source="pk", help_text="The same: a list is an event.")
    name = serializers.CharField(source="title", help_text="What the event is called.")
    start_datetime = LocalDateTimeField(source="local_start", help_text="When it begins.")
    total = serializers.IntegerField(help_text="How many tickets there are, without those that were given back.")
    checked_in = serializers.IntegerField(help_text="How many of them were admitted.")


class CheckInListPageShape(PageShape):
    """A page of check-in lists."""

    lists = CheckInListShape(many=True, help_text="The latest event first.")


class SigningKeyShape(Shape):
    """A key under which codes are verified."""

    id = serializers.CharField(source="name", help_text="As it stands in the codes, in hexadecimal.")
    algorithm = serializers.CharField(help_text="Ed25519.")
    public_key = serializers.CharField(help_text="Its 32 bytes in Base64.")


class RevokedShape(Shape):
    """Codes that are worth nothing although their signature is good."""

    event_id = serializers.IntegerField(help_text="The event.")
    user_ticket_id = serializers.IntegerField(help_text="The ticket, as its codes name it.")
    generation = serializers.IntegerField(help_text="Its codes up to this generation are revoked.")


class KeysShape(Shape):
    """What a scanner needs to work offline; docs/events.md has the format of the codes."""

    keys = SigningKeyShape(many=True, help_text="The one that signs comes first.")
    revoked = RevokedShape(many=True, help_text="Of the events that are not over for more than a day.")


class ScanShape(Shape):
    """What the gate is to do."""

    scan_id = serializers.CharField(help_text="As it was sent.")
    result = serializers.ChoiceField(Scan.Result.choices, help_text="Whether to let them in.")
    ticket = UserTicketShape(allow_null=True, help_text="The ticket; null where it is unknown or of another event.")
    used_at = UtcDateTimeField(allow_null=True, help_text="When it was admitted.")
    gate = BlankIsNullField(source="used_gate", help_text="Where it was admitted.")


class SyncShape(Shape):
    """What became of scans that were made offline."""

    results = ScanShape(many=True, help_text="One for each scan, in the order in which they were sent.")
    conflicts = ScanShape(many=True, help_text="Those that could not count, though the gate may have let them in.")


class WaitingShape(Shape):
    """A place in the waiting list."""

    id = serializers.IntegerField()
    position = serializers.IntegerField(help_text="From 1; 0 while places are held for it.")
