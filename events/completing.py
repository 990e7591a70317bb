"""What happens by the clock: events are over, and people are reminded of those that come."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from events.models import Event, Ticket
from events.signals import event_reminder_due

REMINDED_BEFORE = timedelta(days=1)
OVER = "The event is over"


def complete_events() -> tuple[int, int]:
    """Complete published events that are over, and let their tickets expire that nobody used; how many of both.

    The tickets are asked for by themselves, so that those are found that a run before did not come to.
    """
    now = timezone.now()
    over = Event.objects.published().filter(ends_at__lte=now).order_by("pk")
    completed = sum(complete(event) for event in over)
    left = Ticket.objects.filter(status=Ticket.Status.ACTIVE, event__status=Event.Status.COMPLETED)
    expired = sum(expire(ticket) for ticket in left.order_by("pk"))
    return completed, expired


@transaction.atomic
def complete(event: Event) -> bool:
    """Complete it, unless it was cancelled or moved in between; whether it was."""
    event.lock()
    if event.status != Event.Status.PUBLISHED or event.ends_at > timezone.now():
        return False
    return event.move_to(Event.Status.COMPLETED, note=OVER)


@transaction.atomic
def expire(ticket: Ticket) -> bool:
    """Let it expire, unless it was used, given back or handed over in between; whether it did."""
    ticket.lock()
    return ticket.status == Ticket.Status.ACTIVE and ticket.move_to(Ticket.Status.EXPIRED, note=OVER)


def send_event_reminders() -> int:
    """Announce the events that begin within a day, each once; how many there were."""
    now = timezone.now()
    due = Event.objects.published().filter(starts_at__gt=now, starts_at__lte=now + REMINDED_BEFORE, reminded_at=None)
    return sum(remind(event) for event in due.order_by("starts_at", "pk"))


@transaction.atomic
def remind(event: Event) -> bool:
    """Announce it, unless another run did; whether it was announced."""
    unannounced = Event.objects.published().filter(pk=event.pk, reminded_at=None)
    if not unannounced.update(reminded_at=timezone.now()):
        return False
    event_reminder_due.send(sender=Event, event=event)
    return True
