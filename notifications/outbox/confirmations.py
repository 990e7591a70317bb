"""The mail that confirms tickets, sent once more because staff ask for it."""

from typing import Any

from django.dispatch import receiver

from core.errors import NotFound
from events.models import TicketOrder
from events.signals import confirmation_wanted
from notifications.mails.events import TicketConfirmation
from notifications.models import Email
from notifications.outbox.resending import send_again


@receiver(confirmation_wanted, sender=TicketOrder)
def send_confirmation_again(order: TicketOrder, by: Any, **_: Any) -> None:
    """To each address that it went to. Raises NotFound where it never was written, and NotSendable."""
    event = f"ticket-order:{order.pk}:completed"
    mails = list(Email.objects.filter(kind=TicketConfirmation.kind, event=event).order_by("pk"))
    if not mails:
        raise NotFound("No confirmation of this order was written.")
    for mail in mails:
        send_again(email=mail, by=by)
