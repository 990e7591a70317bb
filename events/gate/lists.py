"""Check-in lists: one for every event that is no draft, for the people of its organizer."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from events.models import Event, Organizer, Ticket
from events.models.event import EventQuerySet

# For how long after an event its revoked codes are handed out.
AFTERWARDS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Revoked:
    """Every code of this ticket up to this generation is worth nothing."""

    event_id: int
    user_ticket_id: int
    generation: int


def lists_of(user: Any) -> EventQuerySet:
    """The events at whose gates the user may scan; a list has its event's id."""
    theirs = Organizer.objects.of_member(user).order_by().values("pk")
    return Event.objects.exclude(status=Event.Status.DRAFT).filter(organizer__in=theirs)


def with_counts(events: EventQuerySet) -> EventQuerySet:
    """With how many tickets were sold and not given back (`total`), and how many of them were used (`checked_in`)."""
    return events.annotate(
        total=Count("issued_tickets", filter=~Q(issued_tickets__status=Ticket.Status.CANCELLED)),
        checked_in=Count("issued_tickets", filter=Q(issued_tickets__status=Ticket.Status.USED)),
    ).order_by("-starts_at", "-pk")


def revoked_for(user: Any) -> list[Revoked]:
    """What scanners that work offline must refuse although its signature is good."""
    soon = lists_of(user).filter(ends_at__gt=timezone.now() - AFTERWARDS).values("pk")
    gone = Ticket.objects.filter(event__in=soon).filter(Q(status=Ticket.Status.CANCELLED) | Q(generation__gt=1))
    rows = gone.order_by("pk").values_list("event_id", "pk", "generation", "status")
    return [
        Revoked(event_id, pk, generation if status == Ticket.Status.CANCELLED else generation - 1)
        for event_id, pk, generation, status in rows
    ]
