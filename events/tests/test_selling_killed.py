"""Kill -9 between hold, reference, settling, tickets, books and refund: one effect each after the sweep."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.tests.factories import UserFactory
from core.testing.kills import kill_at, start_again
from events.models import Category, Ticket, TicketOrder
from events.selling import expiring, paying, refunding
from events.tests.factories import make_event, make_type
from events.tests.shop import (
    fresh,
    give_back,
    order_tickets,
    paid_order,
    pay,
    paylater,
    places_agree,
    send_all_refunds,
    taken,
    tickets_for_sale,
)
from payments.ledger.checking import differences
from payments.models import Invoice, LedgerEntry, Payment, Refund

__all__ = ["paylater", "tickets_for_sale"]

pytestmark = [
    pytest.mark.races,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("tickets_for_sale"),
]
WHENS = ["before", "after"]
PLACING = [
    ("payments.services.ensure_intent", "before"),
    ("payments.services.ensure_intent", "after"),
    ("events.selling.placing.insert_order", "before"),
    ("events.selling.placing.insert_order", "after"),
    ("events.selling.places.take", "before"),
    ("events.selling.places.take", "after"),  # all is written, nothing is committed
]
SETTLING = [
    "payments.services.apply_intent",
    "events.selling.settling.issue_tickets",
    "payments.receivers.book_sale",
    "payments.invoices.services.write",
    "payments.services.send_signal",
]
LETTING_GO = [("events.selling.expiring.let_go", "before"), ("events.selling.expiring.let_go", "after")]
REFUNDING = [
    ("events.selling.refunding.send_back", "after"),
    ("events.selling.refunding.cancel", "after"),
    ("events.selling.refunding.refund_tickets", "after"),
]


@pytest.fixture
def kind():
    Category.objects.get_or_create(pk=1, defaults={"name": "Music", "slug": "music"})
    return make_type(make_event(refund_until_hours=1, refund_percent=100), quantity=3)


@pytest.mark.parametrize(("step", "when"), PLACING)
def test_placing(kind, step, when):
    user = UserFactory()
    kill_at(step, when, lambda: order_tickets(kind, 2, user=user))
    assert (TicketOrder.objects.count(), Payment.objects.count(), taken(kind)) == (0, 0, [0])
    assert order_tickets(kind, 2, user=user).status == "pending"
    assert places_agree(kind.event)


def test_placed_and_nobody_was_told(kind):
    """The buyer never learns of the order: its places are free when the hold is over."""
    kill_at("events.selling.placing.write_order", "after", lambda: order_tickets(kind, 2))
    assert (TicketOrder.objects.get().status, taken(kind)) == ("pending", [2])
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        call_command("expire_ticket_orders", verbosity=0)
    assert (TicketOrder.objects.get().status, taken(kind)) == ("expired", [0])


@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("step", SETTLING)
def test_settling(kind, step, when):
    order = pay(order_tickets(kind, 2), verify=False)
    kill_at(step, when, lambda: paying.verify(order=order))
    start_again()
    assert paying.verify(order=fresh(order)).status == "success"
    assert (fresh(order).status, Ticket.objects.count(), taken(kind)) == ("completed", 2, [2])
    assert order.status_history.filter(status="completed").count() == 1
    assert LedgerEntry.objects.filter(kind="ticket_order_paid").count() == Invoice.objects.count() == 1
    assert list(differences()) == []


@pytest.mark.parametrize(("step", "when"), LETTING_GO)
def test_letting_go(kind, step, when):
    order = order_tickets(kind, 2)
    kill_at(step, when, lambda: expiring.release(order))
    assert (fresh(order).status, taken(kind)) == ("pending", [2])
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        call_command("expire_ticket_orders", verbosity=0)
    assert (fresh(order).status, taken(kind)) == ("expired", [0])


@pytest.mark.parametrize(("step", "when"), REFUNDING)
def test_refunding(kind, step, when):
    order = paid_order(kind, 2)
    kill_at(step, when, lambda: give_back(order))
    if not Refund.objects.exists():
        assert (order.tickets.filter(status="active").count(), taken(kind)) == (2, [2])
        give_back(order)
    send_all_refunds()
    assert (fresh(order).status, Refund.objects.get().amount, taken(kind)) == ("refunded", 10000, [0])
    assert list(differences()) == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_refunding_a_cancelled_event(kind, when):
    orders = [paid_order(kind) for _ in range(3)]
    event = fresh(kind.event)
    refunding.cancel_event(event=event, by=None, reason="Storm")
    kill_at("events.selling.refunding.refund_order", when, refunding.close_orders)
    start_again()
    send_all_refunds()
    assert ({fresh(order).status for order in orders}, Refund.objects.count()) == ({"refunded"}, 3)
    assert list(differences()) == []
