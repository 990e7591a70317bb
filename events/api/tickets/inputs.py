"""What the calls about tickets take."""

from typing import Any

from rest_framework import serializers

from accounts.api.fields import EmailField
from core.api.fields import IdField, IntegerField, TextField
from core.api.inputs import OpenInput, QueryInput
from events.gate.syncing import MOST
from events.models import Ticket


class CodeField(TextField):
    """Whatever was scanned: what is no code of ours is answered by the gate, so nothing in it is refused here."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators = []


class ScanInput(OpenInput):
    """A scan as a device reports it."""

    code = CodeField(help_text="What was read, as it was read.")
    scan_id = TextField(max_length=100, help_text="The device's own name for it; the same gets the same answer.")
    gate = TextField(max_length=60, required=False, allow_blank=True, allow_null=True, help_text="Where.")
    device = TextField(max_length=100, required=False, allow_blank=True, allow_null=True, help_text="With what.")
    scanned_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="When, by the device's clock; absent: now."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What is null is absent."""
        return {name: value for name, value in attrs.items() if value is not None}


class SyncInput(OpenInput):
    """Scans that were made offline."""

    scans = ScanInput(many=True, max_length=MOST, help_text="In any order.")  # type: ignore[call-arg]  # of the list


class UndoInput(OpenInput):
    """A scan that was a mistake."""

    user_ticket_id = IdField(help_text="The ticket.")
    reason = TextField(max_length=500, help_text="Why.")


class TransferInput(OpenInput):
    """To whom a ticket is offered."""

    email = EmailField(help_text="The address of the person who is to have it.")


class UserTicketQuery(QueryInput):
    """Which of the user's tickets."""

    status = serializers.ChoiceField(Ticket.Status.choices, required=False, help_text="Only those of this status.")
    event_status = serializers.ChoiceField(
        ["upcoming", "past"], required=False, help_text="Only those whose event has not begun, or has."
    )
    search = serializers.CharField(
        max_length=200, required=False, help_text="Any part of the event's title or the venue's name."
    )


class WaitingInput(OpenInput):
    """How many tickets of what one waits for."""

    aliases = {"ticket_id": "ticket_type_id"}

    ticket_type_id = IdField(help_text="The ticket type.")
    quantity = IntegerField(min_value=1, max_value=100, help_text="How many.")
