"""Mails about tickets and events, in the name of the box office."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Self, TypedDict
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.one_time_tokens import digest
from events.api.face import EVENTS as BOX_OFFICE
from events.documents.calendar import calendar_file
from events.documents.ticket import order_tickets_pdf
from events.models import Event, Ticket, TicketOrder, TicketOrderStatusChange, Transfer, WaitingEntry
from events.signals import ticket_transferred, transfer_offered, waiting_offered
from notifications.mails.base import Group, Mail, Recipient, StepMail, Values
from notifications.mails.parts import at, document_attachments, page
from notifications.mails.wording import greeting_name, local_moment, localized_money
from notifications.models import SECRET_MARK
from notifications.outbox.attachments import Source
from payments.models import Refund
from payments.signals import refund_settled

EVENTS = Group("events", gettext_lazy("Tickets and events"), face=BOX_OFFICE.name)

TICKETS_FILE = Source("tickets", "tickets-{}.pdf", order_tickets_pdf)
CALENDAR_FILE = Source("event_calendar", "event-{}.ics", calendar_file, mimetype="text/calendar")

LAGOS = ZoneInfo("Africa/Lagos")


class EventFacts(TypedDict):
    """Which event, when and where, in the time of the place."""

    event: str
    event_url: str
    starts: str
    venue: str


class Line(TypedDict):
    name: str
    quantity: int
    price: str


def site(path: str) -> str:
    """A page of the box office's web client."""
    return f"{settings.EVENTS_FRONTEND_URL}/{path}"


def naira(amount: str) -> str:
    """A sum of Naira, for examples."""
    return localized_money(Decimal(amount), "NGN")


def event_facts(event: Event) -> EventFacts:
    return facts_of(event.pk, event.title, event.starts_at, event.zone, f"{event.venue.name}, {event.venue.city}")


def facts_of(pk: int, title: str, starts_at: datetime, zone: ZoneInfo, venue: str) -> EventFacts:
    starts = local_moment(starts_at, zone)
    return {"event": title, "event_url": site(f"events/{pk}"), "starts": starts, "venue": venue}


def example_event() -> EventFacts:
    return facts_of(7, "Lagos Jazz Night", at(28, 18, 0), LAGOS, "Eko Hall, Lagos")


class EventMail(Mail):
    """About an event."""

    group = EVENTS
    required = False
    notice_link = "event_url"


class TicketOrderMail(EventMail):
    """To the buyer of a ticket order."""

    notice_link = "order_url"

    class Context(EventFacts):
        order_id: int
        order_url: str

    def __init__(self, order: TicketOrder, *, event: str) -> None:
        self.order, self.user, self.event = order, order.user, event

    @property
    def facts(self) -> Context:
        order = self.order
        return {**event_facts(order.event), "order_id": order.pk, "order_url": site(f"orders/{order.pk}")}

    @classmethod
    def example_facts(cls) -> Context:
        return {**example_event(), "order_id": 12, "order_url": site("orders/12")}


class TicketConfirmation(StepMail, TicketOrderMail):
    """The tickets, with a file for the calendar.

    Those of a paid order go to the contact address as well, as the client promises; those of a free one do not, so
    that strangers cannot be sent our mail for nothing.
    """

    kind = "ticket_confirmation"
    required = True
    sender = TicketOrder
    status = TicketOrder.Status.COMPLETED
    notice_link = "tickets_url"

    class Context(TicketOrderMail.Context):
        name: str
        lines: list[Line]
        total: str
        tickets_url: str

    def __init__(self, *, subject: TicketOrder, change: TicketOrderStatusChange, **_: Any) -> None:
        super().__init__(subject, event=f"ticket-order:{subject.pk}:completed")
        self.attachments = [TICKETS_FILE.reference(subject.pk), CALENDAR_FILE.reference(subject.event_id)]

    def recipients(self) -> Iterable[Recipient]:
        yield Recipient(self.user.email, self.user)
        contact = self.order.contact_email
        if contact and not self.order.is_free and contact.casefold() != self.user.email.casefold():
            yield Recipient(contact, None)

    def context(self) -> Context:
        order = self.order
        return {
            **self.facts,
            "name": greeting_name(order.contact_name or self.user.first_name),
            "lines": [
                {"name": line.name, "quantity": line.quantity, "price": localized_money(line.price, order.currency)}
                for line in order.lines.all()
            ],
            "total": localized_money(order.total, order.currency),
            "tickets_url": site("tickets"),
        }

    @classmethod
    def example(cls) -> Context:
        return {
            **cls.example_facts(),
            "name": "Ada",
            "lines": [{"name": "Regular", "quantity": 2, "price": naira("5000")}],
            "total": naira("10000"),
            "tickets_url": site("tickets"),
        }

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"nameless": {"name": ""}}


class TicketOrderExpired(StepMail, TicketOrderMail):
    """The places were held and not paid for in time."""

    kind = "ticket_order_expired"
    sender = TicketOrder
    status = TicketOrder.Status.EXPIRED

    def __init__(self, *, subject: TicketOrder, change: TicketOrderStatusChange, **_: Any) -> None:
        super().__init__(subject, event=f"ticket-order:{subject.pk}:expired")

    def context(self) -> TicketOrderMail.Context:
        return self.facts

    @classmethod
    def example(cls) -> TicketOrderMail.Context:
        return cls.example_facts()


class TicketRefunded(TicketOrderMail):
    """Money for tickets is back."""

    kind = "ticket_refunded"
    required = True
    signal, sender = refund_settled, Refund

    class Context(TicketOrderMail.Context):
        amount: str

    def __init__(self, order: TicketOrder, *, refund: Refund) -> None:
        super().__init__(order, event=f"refund:{refund.pk}")
        self.refund = refund
        self.attachments = document_attachments(getattr(refund, "credit_note", None))

    @classmethod
    def from_signal(cls, *, refund: Refund, **_: Any) -> Self | None:
        order = TicketOrder.objects.filter(ticket_order_payments__payment=refund.payment_id).first()
        return cls(order, refund=refund) if order else None

    def context(self) -> Context:
        return {**self.facts, "amount": localized_money(self.refund.amount, self.order.currency)}

    @classmethod
    def example(cls) -> Context:
        return {**cls.example_facts(), "amount": naira("5000")}


class TransferOffered(EventMail):
    """Another person offers a ticket; the link with which it is accepted."""

    kind = "ticket_transfer_offer"
    required = True
    in_app = False
    signal, sender = transfer_offered, Transfer

    class Context(EventFacts):
        sender: str
        link: str
        expires: str

    def __init__(self, *, transfer: Transfer, token: str, **_: Any) -> None:
        self.transfer, self.secret, self.event = transfer, token, f"transfer:{transfer.pk}"

    def recipients(self) -> Iterable[Recipient]:
        return [Recipient(self.transfer.email, User.objects.filter(email__iexact=self.transfer.email).first())]

    def context(self) -> Context:
        event = self.transfer.ticket.event
        return {
            **event_facts(event),
            "sender": greeting_name(self.transfer.sender.get_full_name()),
            "link": site(f"transfers/{SECRET_MARK}"),
            "expires": local_moment(self.transfer.expires_at, event.zone),
        }

    @classmethod
    def example(cls) -> Context:
        link = site(f"transfers/{SECRET_MARK}")
        return {**example_event(), "sender": "Grace Hopper", "link": link, "expires": local_moment(at(20), LAGOS)}

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"nameless": {"sender": ""}}


class TicketTransferred(EventMail):
    """A ticket is another person's now: to both."""

    kind = "ticket_transferred"
    required = True
    signal, sender = ticket_transferred, Ticket
    notice_link = "tickets_url"

    class Context(EventFacts):
        recipient: str
        tickets_url: str

    def __init__(self, *, transfer: Transfer, **_: Any) -> None:
        self.transfer, self.event = transfer, f"transferred:{transfer.pk}"

    def recipients(self) -> Iterable[Recipient]:
        both = (self.transfer.sender, self.transfer.recipient)
        return [Recipient(user.email, user) for user in both if user]

    def context(self) -> Context:
        facts = event_facts(self.transfer.ticket.event)
        return {**facts, "recipient": self.transfer.email, "tickets_url": site("tickets")}

    @classmethod
    def example(cls) -> Context:
        return {**example_event(), "recipient": "grace@example.com", "tickets_url": site("tickets")}


class WaitingOffer(EventMail):
    """Places are held for someone who waited; with the link to leave the list, which does no other harm."""

    kind = "waiting_offer"
    required = True
    signal, sender = waiting_offered, WaitingEntry

    class Context(EventFacts):
        ticket_type: str
        quantity: int
        until: str
        leave_url: str

    def __init__(self, *, entry: WaitingEntry, token: str, **_: Any) -> None:
        self.entry, self.user, self.token = entry, entry.user, token
        self.event = f"waiting:{entry.pk}:{digest(token)[:12]}"

    def context(self) -> Context:
        entry, event = self.entry, self.entry.event
        return {
            **event_facts(event),
            "ticket_type": entry.ticket_type.name,
            "quantity": entry.quantity,
            "until": local_moment(entry.offer_until, event.zone) if entry.offer_until else "",
            "leave_url": page(f"waiting-list/{self.token}"),
        }

    @classmethod
    def example(cls) -> Context:
        return {
            **example_event(),
            "ticket_type": "Regular",
            "quantity": 2,
            "until": local_moment(at(20), LAGOS),
            "leave_url": page("waiting-list/3f0c"),
        }
