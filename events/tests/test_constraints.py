"""What the database refuses by itself, whatever the code above it did."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from accounts.tests.factories import AdminFactory, UserFactory
from events.models import (
    Category,
    Event,
    EventWord,
    Favorite,
    OrganizerMember,
    Payout,
    Quota,
    Scan,
    Ticket,
    TicketOrder,
    TicketOrderLine,
    TicketOrderPayment,
    TicketType,
    Venue,
    Voucher,
    WaitingEntry,
)
from events.money.payouts import record_payout
from events.tests.books import over, sell
from events.tests.factories import make_event
from events.tests.gates import scan, tickets_of
from events.tests.shop import order_tickets, paid_order, paylater, tickets_for_sale

__all__ = ["paylater", "tickets_for_sale"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tickets_for_sale")]


def refuse(act):
    """MariaDB's unsigned columns refuse what is below zero in words of their own."""
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        act()


@pytest.fixture
def event():
    return make_event({"price": "5000"})


@pytest.fixture
def kind(event):
    return event.ticket_types.get()


IMPOSSIBLE = [
    (Venue, {"capacity": 0}),
    (Venue, {"latitude": 91, "longitude": 0}),
    (Venue, {"latitude": 1, "longitude": None}),
    (Event, {"ends_at": "starts_at"}),
    (Event, {"status": "open"}),
    (Event, {"event_type": "unknown"}),
    (Event, {"refund_percent": 50, "refund_until_hours": None}),
    (Event, {"refund_percent": None, "refund_until_hours": 1}),
    (Event, {"refund_percent": 101, "refund_until_hours": 1}),
    (Quota, {"taken": -1}),
    (Quota, {"taken": 101}),
    (Quota, {"size": 1, "taken": 2}),
    (TicketType, {"price": -1}),
    (TicketType, {"max_per_order": 0}),
    (TicketType, {"max_per_order": 101}),
    (TicketOrder, {"total": -1}),
    (TicketOrder, {"status": "open"}),
    (TicketOrder, {"hold_until": None}),
    (TicketOrderLine, {"quantity": 0}),
    (TicketOrderLine, {"subtotal": Decimal("4999.99")}),
    (TicketOrderLine, {"fee": Decimal("5000.01")}),
    (Ticket, {"status": "open"}),
    (Ticket, {"status": "used", "checked_in_at": None}),
    (Voucher, {"used": 2}),
    (Voucher, {"value": -1}),
    (Voucher, {"kind": "percent", "value": 101}),
    (Voucher, {"kind": "gift"}),
    (WaitingEntry, {"quantity": 0}),
    (WaitingEntry, {"quantity": 101}),
    (WaitingEntry, {"status": "offered"}),
    (OrganizerMember, {"role": "guest"}),
]


@pytest.mark.parametrize(("model", "values"), IMPOSSIBLE, ids=lambda part: getattr(part, "__name__", str(part)))
def test_a_row_that_cannot_be(event, kind, model, values):
    order_tickets(kind)
    tickets_of(event=make_event())
    Voucher.objects.create(event=event, code="A", kind="amount", value=1)
    WaitingEntry.objects.create(user=UserFactory(), event=event, ticket_type=kind, quantity=1, token_digest="a")
    rows = model.objects.filter(pk=model.objects.order_by("pk").first().pk)
    if values.get("ends_at"):
        values = {"ends_at": rows.get().starts_at}
    refuse(lambda: rows.update(**values))


def test_a_sale_that_ends_before_it_begins(kind):
    now = timezone.now()
    rows = TicketType.objects.filter(pk=kind.pk)
    refuse(lambda: rows.update(sale_starts_at=now, sale_ends_at=now - timedelta(seconds=1)))


def again(row, **changes):
    """A second row like this one."""
    row.pk, row._state.adding = None, True
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def test_what_there_is_once(event, kind):
    order = paid_order(kind)
    ticket, user = order.tickets.get(), UserFactory()
    Favorite.objects.create(user=user, event=event)
    Voucher.objects.create(event=event, code="A", kind="amount", value=1)
    EventWord.objects.create(event=event, word="jazz")
    scan(ticket, scan_id="one")
    (other,) = tickets_of(event=event)
    once = [
        lambda: again(OrganizerMember.objects.get()),
        lambda: again(Category.objects.first()),
        lambda: again(TicketOrder.objects.get(pk=order.pk)),
        lambda: again(order.lines.get()),
        lambda: again(TicketOrderPayment.objects.get()),
        lambda: again(Ticket.objects.get(pk=ticket.pk), code_digest=None),
        lambda: Ticket.objects.filter(pk=other.pk).update(code_digest=ticket.code_digest),
        lambda: again(Scan.objects.get()),
        lambda: again(Favorite.objects.get()),
        lambda: again(Voucher.objects.get()),
        lambda: again(EventWord.objects.get(word="jazz")),
    ]
    for act in once:
        refuse(act)


def test_a_payouts_reference_is_there_once_and_its_amount_above_zero():
    event = make_event({"name": "plain"}, **over())
    sell(event, plain=1)
    made = record_payout(event=event, amount=Decimal(100), bank_reference="ref", by=AdminFactory())
    refuse(lambda: again(Payout.objects.get()))
    refuse(lambda: Payout.objects.filter(pk=made.pk).update(amount=0))
