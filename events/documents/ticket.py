"""Tickets on paper: what each is for, whose name is on it, and its code."""

from datetime import datetime
from io import BytesIO
from itertools import chain

from django.conf import settings
from django.utils import dateformat
from reportlab.platypus import Flowable, Image, PageBreak, Paragraph, Spacer

from core.documents.pages import CENTERED, TITLE, Sheet, build
from core.documents.tables import facts_table
from core.documents.typeface import markup
from core.text.canonical import sha256
from events.documents.qr import qr_png
from events.models import Event, Ticket

CODE_SIZE = 250  # points
ADVICE = "Show this code at the entrance. It admits one person once, whoever shows it first."
# Instead of the code, when it admits nobody any more.
VOID = {"used": "This ticket was used.", "cancelled": "This ticket was cancelled.", "expired": "The event is over."}


def ticket_pdf(ticket: Ticket) -> bytes:
    """The PDF of a ticket; one that was cancelled says so and shows no code."""
    sheet = sheet_of("Ticket", f"No. {ticket.pk}", made_at=ticket.updated_at, digest=str(ticket.code_digest))
    return build(sheet=sheet, story=story_of(ticket))


def order_tickets_pdf(order_id: int) -> bytes:
    """One PDF of the order's tickets that its buyer holds, whatever became of them since.

    Raises Ticket.DoesNotExist without any.
    """
    issued = Ticket.objects.filter(order=order_id)
    tickets = list(issued.with_their_buyers().with_details().order_by("pk"))
    if not tickets:
        raise Ticket.DoesNotExist
    digest = sha256("".join(ticket.code for ticket in tickets))
    pages = [[*story_of(ticket), PageBreak()] for ticket in tickets]
    sheet = sheet_of("Tickets", f"Order #{order_id}", made_at=tickets[0].created_at, digest=digest)
    return build(sheet=sheet, story=list(chain.from_iterable(pages)))


def sheet_of(title: str, number: str, *, made_at: datetime, digest: str) -> Sheet:
    """The frame of its pages."""
    return Sheet(
        title=title,
        shop=settings.EVENTS_BRAND_NAME,
        number=number,
        made_at=made_at,
        digest=digest,
        digest_of="code",
    )


def story_of(ticket: Ticket) -> list[Flowable]:
    """What stands on its page."""
    story: list[Flowable] = [Paragraph(markup(ticket.event.title), TITLE), facts_table(facts(ticket)), Spacer(1, 18)]
    if ticket.status != Ticket.Status.CANCELLED:
        picture = Image(BytesIO(qr_png(ticket.code)), width=CODE_SIZE, height=CODE_SIZE)
        story += [picture, Spacer(1, 8)]
    return [*story, Paragraph(markup(VOID.get(ticket.status, ADVICE)), CENTERED)]


def facts(ticket: Ticket) -> list[tuple[str, str]]:
    """What stands on it, beside the labels."""
    event = ticket.event
    venue = event.venue
    where = ", ".join(filter(None, (venue.name, venue.address, venue.city)))
    return [
        ("Ticket", ticket.kind.name),
        ("Name", ticket.attendee_name),
        ("Begins", moment(event, event.local_start)),
        ("Ends", moment(event, event.local_end)),
        ("Where", where),
        ("Held by", event.organizer.name),
        ("Order", f"#{ticket.order_id}"),
    ]


def moment(event: Event, when: datetime) -> str:
    """A moment on the clock of the place."""
    return f"{dateformat.format(when, 'l, j F Y, H:i')} ({event.time_zone})"
