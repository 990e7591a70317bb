"""The calls of partners: owners and managers of an organizer, about their own events."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import utc
from core.api.schema import errors
from core.api.viewsets import ResourceViewSet
from core.documents.answers import PDF, pdf
from core.documents.sheets import CSV, Cell, csv_file
from core.errors import NotFound
from events.api.partners.inputs import PeriodQuery
from events.api.partners.permissions import IsPartner
from events.api.partners.shapes import AnalyticsShape, DashboardShape, PartnerEventPageShape, StatementShape
from events.documents.statements import day_rows, statement_pdf, table
from events.models import Event
from events.models.order import CURRENCY
from events.money import partners
from events.money.statements import EventStatement, statement_of

ATTENDEE = [
    "ticket",
    "type",
    "attendee",
    "holder",
    "holder_email",
    "order",
    "ordered_at",
    "status",
    "checked_in_at",
    "gate",
]


class EventNotFound(NotFound):
    """No event of theirs."""

    message = "Event not found"


class SalesPages:
    """A page of events, each with its figures, which are counted for the page at once."""

    def __init__(self, events: Any) -> None:
        self.events = events

    def count(self) -> int:
        return int(self.events.count())

    def __getitem__(self, place: slice) -> list[Event]:
        return partners.with_sales(self.events[place])


class PartnerViewSet(ResourceViewSet):
    """The figures of the user's events. Days are those of Lagos."""

    permission_classes = [IsPartner]
    not_found = EventNotFound

    @extend_schema(responses={200: DashboardShape, **errors(403)})
    def dashboard(self, request: Request) -> Response:
        """Show how the user's organizers are doing, since they began."""
        return self.answer(DashboardShape.of(partners.dashboard(self.user)))

    @extend_schema(responses={200: PartnerEventPageShape, **errors(403)})
    def list(self, request: Request) -> Response:
        """List the events of the user's organizers with their places and their money, the latest first."""
        events = Event.objects.managed_by(self.user).with_details().order_by("-starts_at", "-pk")
        return self.answer_page(PartnerEventPageShape, SalesPages(events))

    @extend_schema(parameters=[PeriodQuery], responses={200: AnalyticsShape, **errors(400, 403)})
    def analytics(self, request: Request) -> Response:
        """Show what was sold in a period, by day, event and ticket type."""
        return self.answer(AnalyticsShape.of(partners.analytics(self.user, **self.query(PeriodQuery))))

    @extend_schema(responses={200: StatementShape, **errors(403)})
    def statement(self, request: Request, pk: int) -> Response:
        """Show what is owed for an event."""
        return self.answer(StatementShape.of(statement_row(statement_of(self.event()))))

    @extend_schema(responses={**CSV, **errors(403)})
    def statement_csv(self, request: Request, pk: int) -> HttpResponse:
        """Download what is owed for an event, as a table."""
        return csv_file(table(statement_of(self.event())), name=f"statement-{pk}.csv")

    @extend_schema(responses={**PDF, **errors(403)})
    def statement_pdf(self, request: Request, pk: int) -> HttpResponse:
        """Download what is owed for an event, as a document."""
        return pdf(statement_pdf(statement_of(self.event()), at=timezone.now()), name=f"statement-{pk}.pdf")

    @extend_schema(responses={**CSV, **errors(403)})
    def attendees(self, request: Request, pk: int) -> HttpResponse:
        """Download who holds valid tickets of an event."""
        return csv_file(attendee_rows(self.event()), name=f"attendees-{pk}.csv")

    def event(self) -> Event:
        """The event of the path. Raises EventNotFound."""
        return self.find(Event.objects.managed_by(self.user).select_related("organizer"))


def statement_row(statement: EventStatement) -> dict[str, Any]:
    """What a StatementShape shows."""
    event = statement.event
    return {
        "event_id": event.pk,
        "title": event.title,
        "organizer_id": event.organizer_id,
        "organizer_name": event.organizer.name,
        "currency": CURRENCY,
        "days": [{"date": day, **amounts} for day, amounts in day_rows(statement)],
        "payouts": statement.payouts,
        **statement.total.amounts,
    }


def attendee_rows(event: Event) -> Iterator[Sequence[Cell]]:
    """The names of the columns, and a row for each ticket."""
    yield ATTENDEE
    for ticket in partners.attendees(event):
        yield [
            ticket.pk,
            ticket.ticket_type.name,
            ticket.attendee_name,
            str(ticket.user),
            ticket.user.email,
            ticket.order_id,
            utc(ticket.order.created_at),
            ticket.status,
            utc(ticket.checked_in_at),
            ticket.checked_in_gate,
        ]
