"""Mails about an event to all who hold its tickets."""

from accounts.models import User
from events.models import Event, Ticket
from notifications.mails.events import EventFacts, EventMail, event_facts, example_event


class HolderMail(EventMail):
    """About an event, to one of those who hold its tickets. `notifications.outbox.holders` queues it."""

    def __init__(self, subject: Event, *, user: User, event: str) -> None:
        self.subject, self.user, self.event = subject, user, event

    def context(self) -> EventFacts:
        return event_facts(self.subject)

    @classmethod
    def example(cls) -> EventFacts:
        return example_event()


class EventChanged(HolderMail):
    """Start, end or venue are others than they were."""

    kind = "event_changed"
    required = True


class EventCancelled(HolderMail):
    """The event does not take place; what was paid goes back."""

    kind = "event_cancelled"
    required = True


class EventReminder(HolderMail):
    """The event begins tomorrow."""

    kind = "event_reminder"


def holders_of(event: Event) -> list[int]:
    """The ids of those who hold tickets that admit to the event."""
    valid = Ticket.objects.filter(event=event).valid()
    return list(valid.order_by("user").values_list("user", flat=True).distinct())
