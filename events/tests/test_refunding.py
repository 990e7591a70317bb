"""Tickets that go back: the policy, scans, failures at the gateway, cancelled and moved events, and the books."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from core.errors import DomainError, InvalidInput
from events.models import Event, Ticket
from events.selling import places, refunding
from events.signals import event_changed, tickets_refunding
from events.tests.factories import make_event, make_type
from events.tests.shop import (
    fresh,
    give_back,
    order_tickets,
    paid_order,
    paylater,
    places_agree,
    send_all_refunds,
    taken,
    tickets_for_sale,
)
from payments.ledger import balance
from payments.ledger.checking import differences
from payments.models import Invoice, Refund
from payments.refunds.records import apply_refund
from payments.tests.paylater import refund_from

__all__ = ["paylater", "tickets_for_sale"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tickets_for_sale")]
POLICY = {"refund_until_hours": 48, "refund_percent": 100}


@pytest.fixture
def kind():
    return make_type(make_event(**POLICY), quantity=5)


def refused(code, function, *args, **more):
    """The refusal, after which the tickets stand where they stood."""
    before = list(Ticket.objects.values_list("pk", "status", "refund"))
    with pytest.raises(DomainError) as caught:
        function(*args, **more)
    assert caught.value.code == code
    assert list(Ticket.objects.values_list("pk", "status", "refund")) == before
    return caught.value


def books(order):
    """What stands in the books for the organizer and for us, in Naira."""
    return [
        -balance(name, currency="NGN", subject=order.holder) / 100 for name in ("owed_to_organizers", "platform_fees")
    ]


def test_one_of_two_tickets_goes_back_and_its_place_is_free_at_once(kind):
    order = paid_order(kind, 2)
    first, second = order.tickets.order_by("pk")
    refund = give_back(order, first)
    assert (refund.amount, refund.status, fresh(first).status, taken(kind)) == (5000, "pending", "cancelled", [1])
    assert (fresh(first).refund, fresh(second).status, fresh(order).payment_status) == (refund, "active", "completed")
    send_all_refunds()
    assert (fresh(order).payment_status, books(order)) == ("completed", [4755, 245])
    give_back(order, second)
    assert fresh(order).payment_status == "completed"
    send_all_refunds()
    assert (fresh(order).payment_status, books(order), taken(kind)) == ("refunded", [0, 0], [0])
    notes = Invoice.objects.about(order.holder).of_kind("credit_note")
    assert [note.data["lines"][0]["text"] for note in notes] == [kind.name] * 2
    assert list(differences()) == []
    assert places_agree(kind.event)


def test_the_policys_percent_goes_back_and_the_fee_to_the_organizer(kind):
    Event.objects.update(refund_percent=50)
    order = paid_order(kind)
    quote = refunding.quote(fresh(order))
    assert (quote.amount, len(quote.tickets), quote.reason) == (2500, 1, "")
    assert quote.until == kind.event.starts_at - timedelta(hours=48)
    assert give_back(order).amount == 2500
    send_all_refunds()
    assert (books(order), fresh(order).status) == ([2500, 0], "refunded")
    assert list(differences()) == []


def test_without_a_policy_or_after_its_time_nothing_goes_back(kind):
    order = paid_order(kind)
    Event.objects.update(starts_at=timezone.now() + timedelta(hours=48))
    refused("wrong_status", give_back, order)
    quote = refunding.quote(fresh(order))
    assert (quote.amount, quote.tickets, quote.reason) == (0, [], "The time for refunds is over.")
    Event.objects.update(refund_percent=None, refund_until_hours=None)
    refused("wrong_status", give_back, order)
    assert refunding.quote(fresh(order)).reason == "The organizer gives no refunds for this event."


def test_unpaid_orders_and_tickets_of_others_are_refused(kind):
    order, other = paid_order(kind), paid_order(kind)
    refused("wrong_status", give_back, order_tickets(kind))
    with pytest.raises(InvalidInput):
        refunding.refund_by_buyer(order=order, ticket_ids=[other.tickets.get().pk], by=order.user)
    refused("wrong_status", give_back, order, other.tickets.get())
    order.tickets.update(user=other.user)
    refused("wrong_status", give_back, order)
    assert refunding.quote(order).reason == "No ticket can be given back."


def test_a_ticket_that_changes_hands_meanwhile_is_not_refunded(kind, monkeypatch):
    order, friend = paid_order(kind), UserFactory()
    give_places_back = places.give_back

    def hand_over_first(quantities):
        Ticket.objects.update(user=friend)
        give_places_back(quantities)

    monkeypatch.setattr(places, "give_back", hand_over_first)
    refused("wrong_status", give_back, order)
    assert (order.tickets.get().status, Refund.objects.count(), taken(kind)) == ("active", 0, [1])


def test_a_scanned_ticket_is_refunded_by_staff_alone(kind, staff):
    order = paid_order(kind)
    order.tickets.get().move_to("active")
    order.tickets.update(checked_in_at=timezone.now())
    order.tickets.get().move_to("used")
    refused("wrong_status", give_back, order)
    assert give_back(order, by=staff).asked_by == staff
    assert (order.tickets.get().status, taken(kind)) == ("cancelled", [0])


def test_a_ticket_is_refunded_once(kind):
    order = paid_order(kind)
    give_back(order)
    refused("wrong_status", give_back, order)
    assert Refund.objects.count() == 1


def test_a_refund_that_failed_leaves_the_ticket_cancelled_for_staff_to_refund_again(kind, staff, paylater):
    order = paid_order(kind)
    give_back(order)
    send_all_refunds("failed")
    assert (order.tickets.get().status, fresh(order).status, taken(kind)) == ("cancelled", "completed", [0])
    refused("wrong_status", give_back, order)
    paylater.refunds.clear()  # what failed is no money that went back
    again = give_back(order, by=staff)
    assert (order.tickets.get().refund, taken(kind)) == (again, [0])
    send_all_refunds()
    assert (fresh(order).status, books(order)) == ("refunded", [0, 0])
    assert list(differences()) == []


def test_staff_refund_in_full_whatever_the_policy(kind, staff):
    Event.objects.update(refund_percent=None, refund_until_hours=None)
    assert give_back(paid_order(kind), by=staff, full=True).amount == 5000


def test_free_tickets_go_back_without_a_refund(kind):
    free = make_type(kind.event, price="0")
    order = order_tickets(free, 2)
    assert give_back(order, order.tickets.first()) is None
    assert (fresh(order).status, taken(free)) == ("completed", [1])
    give_back(order, *order.tickets.filter(status="active"))
    assert (fresh(order).status, taken(free)) == ("refunded", [0])


def test_a_cancelled_event_lets_unpaid_orders_go_and_refunds_all_others_in_full(kind, staff):
    unpaid, paid, used = order_tickets(kind), paid_order(kind, 2), paid_order(kind)
    used.tickets.update(checked_in_at=timezone.now())
    used.tickets.get().move_to("used")
    half = paid_order(kind)
    Event.objects.update(refund_percent=50)
    give_back(half)
    refunding.cancel_event(event=kind.event, by=staff, reason="Storm")
    assert refunding.close_orders() == 3
    assert refunding.close_orders() == 0
    assert (fresh(unpaid).status, taken(kind)) == ("cancelled", [0])
    send_all_refunds()
    assert [fresh(order).status for order in (paid, used, half)] == ["refunded"] * 3
    assert [books(order) for order in (paid, used, half)] == [[0, 0], [0, 0], [2500, 0]]
    assert list(differences()) == []


def test_another_start_or_venue_gives_earlier_buyers_all_back(kind):
    Event.objects.update(refund_percent=None, refund_until_hours=None)
    early = paid_order(kind)
    event = fresh(kind.event)
    event_changed.send(sender=Event, event=event, changes={"ends_at": (1, 2)})
    refused("wrong_status", give_back, early)
    event_changed.send(sender=Event, event=event, changes={"venue": (1, 2)})
    assert refunding.quote(fresh(early)).until == event.starts_at
    refused("wrong_status", give_back, paid_order(kind))
    assert give_back(early).amount == 5000


def test_what_was_sent_back_at_the_gateway_cancels_the_tickets(kind, paylater):
    order = paid_order(kind, 2)
    for amount, status in ((Decimal(2500), "completed"), (Decimal(7500), "refunded")):
        row = paylater.refund(order.reference, int(amount * 100), "by hand")
        paylater.conclude(row)
        apply_refund(gateway="paylater", record=refund_from(row))
        assert fresh(order).status == status
        assert list(differences()) == []
    assert (set(order.tickets.values_list("status", flat=True)), taken(kind)) == ({"cancelled"}, [0])
    assert books(order) == [0, 0]


def test_the_statement_adds_up_whatever_goes_back(kind):
    """Gross - fees - refunds = balance, over all orders."""
    Event.objects.update(refund_percent=33)
    orders = [paid_order(kind, 2), paid_order(kind), paid_order(kind)]
    give_back(orders[0], orders[0].tickets.first())
    give_back(orders[1])
    send_all_refunds()
    refunds = sum(refund.amount for refund in Refund.objects.filter(status="succeeded"))
    owed, fees = (sum(column) for column in zip(*map(books, orders), strict=True))
    assert (refunds, fees, owed) == (3300, 490, 20000 - 490 - 3300)


def test_news_of_a_refund_names_its_tickets(kind):
    heard = []
    order = paid_order(kind)

    def listen(order, refund, tickets, **_):
        heard.append((order.pk, refund.amount, len(tickets)))

    tickets_refunding.connect(listen)
    give_back(order)
    tickets_refunding.disconnect(listen)
    assert heard == [(order.pk, 5000, 1)]
