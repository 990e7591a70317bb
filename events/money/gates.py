"""How many came through which gate."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from events.models import Event, Scan, Ticket

AROUND = timedelta(hours=24)


@dataclass
class EventGates:
    """An event of these days: its valid tickets, those of them that were admitted, by gate, and who was refused."""

    event: Event
    valid: int = 0
    admitted: int = 0
    refused: int = 0
    gates: dict[str, int] = field(default_factory=dict)

    @property
    def percent(self) -> int:
        """How much of it came."""
        return 100 * self.admitted // self.valid if self.valid else 0


def gates_today() -> list[EventGates]:
    """The events that are on, or were or will be within a day; three queries."""
    now = timezone.now()
    near = Event.objects.exclude(status=Event.Status.DRAFT).filter(
        starts_at__lte=now + AROUND, ends_at__gte=now - AROUND
    )
    rows = {event.pk: EventGates(event) for event in near.select_related("venue").order_by("starts_at", "pk")}
    tickets = Ticket.objects.valid().filter(event__in=rows).order_by()
    for event, status, gate, count in tickets.values_list("event", "status", "checked_in_gate").annotate(Count("pk")):
        row = rows[event]
        row.valid += count
        if status == Ticket.Status.USED:
            row.admitted += count
            row.gates[gate or "No gate named"] = count
    refused = Scan.objects.filter(event__in=rows).exclude(result=Scan.Result.ADMITTED).order_by()
    for event, count in refused.values_list("event").annotate(Count("pk")):
        rows[event].refused = count
    return list(rows.values())
