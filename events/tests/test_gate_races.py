"""Many hands at one ticket, on a database that locks rows: one of them has it."""

from collections import Counter

import pytest

from accounts.tests.factories import UserFactory
from core.testing.races import race
from events.gate import admitting, syncing, transferring
from events.gate.admitting import Presented
from events.gate.errors import TicketRefused
from events.models import Category, Scan, TicketOrder, TicketStatusChange, Transfer
from events.selling import waiting
from events.selling.errors import NotRefundable, SoldOut
from events.tests.factories import make_event, make_type, member_of
from events.tests.gates import fresh, offer, ticket_of, tickets_of
from events.tests.shop import add_places, give_back, order_tickets, places_agree, sell_out

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
ROUNDS = 20


@pytest.fixture(autouse=True)
def music():
    """The row of the migration, which tests with real transactions flush."""
    Category.objects.get_or_create(pk=1, defaults={"name": "Music", "slug": "music"})


def gate(ticket, *, scan_id, code=None):
    """A scan that is ready to go off."""
    event, by = fresh(ticket.event), member_of(ticket.event.organizer)
    presented = Presented(code=code or ticket.code, scan_id=scan_id, gate=scan_id)
    return lambda: admitting.scan(event=event, presented=presented, by=by)


def device(event, scans):
    """Scans that wait on a device."""
    by = member_of(event.organizer)
    return lambda: syncing.sync(event=event, scans=scans, by=by)


def results_of(scans):
    return Counter(getattr(scan, "result", repr(scan)) for scan in scans)


def admissions():
    return TicketStatusChange.objects.filter(status="used").count()


def test_three_gates_and_one_ticket():
    for number in range(1, ROUNDS + 1):
        ticket = ticket_of()
        scans = race([gate(ticket, scan_id=f"gate {one}") for one in range(3)])
        assert results_of(scans) == {"admitted": 1, "already_used": 2}
        assert {scan.used_gate for scan in scans} == {fresh(ticket).checked_in_gate}
        assert (admissions(), Scan.objects.count()) == (number, 3 * number)


def test_one_scan_that_is_sent_three_times():
    for number in range(1, ROUNDS + 1):
        ticket = ticket_of()
        scans = race([gate(ticket, scan_id="once") for _ in range(3)])
        assert results_of(scans) == {"admitted": 3}
        assert len({scan.pk for scan in scans}) == 1
        assert (admissions(), Scan.objects.count()) == (number, number)


def test_one_unknown_scan_that_is_sent_three_times():
    for _ in range(ROUNDS):
        ticket = ticket_of()
        assert results_of(race([gate(ticket, scan_id="once", code="?") for _ in range(3)])) == {"unknown": 3}


def test_two_devices_that_synchronise_and_a_gate():
    for number in range(1, ROUNDS + 1):
        tickets = tickets_of(quantity=5)
        event = fresh(tickets[0].event)
        same = [Presented(code=ticket.code, scan_id=f"same {ticket.pk}") for ticket in tickets]
        other = [Presented(code=ticket.code, scan_id=f"other {ticket.pk}") for ticket in reversed(tickets)]
        jobs = [device(event, scans) for scans in (same, same, other)]
        answers = race([*jobs, gate(tickets[2], scan_id="gate")])
        flat = [*answers[0], *answers[2], answers[3]]
        assert results_of(flat)["admitted"] == 5
        assert [one.pk for one in answers[0]] == [one.pk for one in answers[1]]
        assert admissions() == 5 * number


def test_a_transfer_against_a_scan():
    won = Counter()
    for _ in range(ROUNDS):
        ticket, friend = ticket_of(), UserFactory()
        token = offer(ticket, friend.email)
        handed, scanned = race(
            [lambda t=token, f=friend: transferring.accept(token=t, by=f), gate(ticket, scan_id="gate")]
        )
        now = fresh(ticket)
        if isinstance(handed, TicketRefused):
            assert (scanned.result, now.status, now.generation) == ("admitted", "used", 1)
        else:
            assert (scanned.result, now.status, now.generation) == ("replaced", "active", 2)
            assert now.user == friend
        won[scanned.result] += 1
    assert sum(won.values()) == ROUNDS


def test_an_offer_that_is_accepted_twice_and_one_that_is_made_twice():
    for _ in range(ROUNDS):
        ticket, friend = ticket_of(), UserFactory()
        made = race([lambda t=ticket, n=n: offer_quietly(t, f"{n}@example.com") for n in range(3)])
        assert sorted(type(one).__name__ for one in made) == ["Transfer", "TransferPending", "TransferPending"]
        transferring.withdraw(ticket=ticket)
        token = offer(ticket, friend.email)
        race([lambda t=token, f=friend: transferring.accept(token=t, by=f) for _ in range(3)])
        assert (fresh(ticket).generation, fresh(ticket).user) == (2, friend)
        assert Transfer.objects.filter(open_for=ticket).count() == 0


def test_a_refund_against_a_transfer():
    """Either it is the friend's and its buyer keeps the price paid, or it was given back and nobody's any more."""
    for _ in range(ROUNDS):
        order = order_tickets(make_type(make_event(refund_until_hours=0, refund_percent=100), price="0"))
        ticket, friend = order.tickets.get(), UserFactory()
        token = offer(ticket, friend.email)
        refunded, handed = race(
            [lambda o=order: give_back(o), lambda t=token, f=friend: transferring.accept(token=t, by=f)]
        )
        now = fresh(ticket)
        if isinstance(refunded, NotRefundable):
            assert (handed.pk, now.user, now.status) == (ticket.pk, friend, "active")
        else:
            assert isinstance(handed, TicketRefused) and (now.user, now.status) == (order.user, "cancelled")


def test_a_refund_against_a_scan():
    """Either the ticket was used and its buyer keeps it, or it was given back and nobody is admitted."""
    for _ in range(ROUNDS):
        order = order_tickets(make_type(make_event(refund_until_hours=0, refund_percent=100), price="0"))
        ticket = order.tickets.get()
        refunded, scanned = race([lambda o=order: give_back(o), gate(ticket, scan_id="gate")])
        now = fresh(ticket)
        if isinstance(refunded, NotRefundable):
            assert (scanned.result, now.status) == ("admitted", "used")
        else:
            assert (refunded, scanned.result, now.status) == (None, "cancelled", "cancelled")
        assert places_agree(order.event)


def test_free_places_offered_twice_at_once_against_buyers():
    for _ in range(ROUNDS):
        kind = make_type(make_event(), price="0", quantity=2)
        sell_out(kind)
        for user in (UserFactory(), UserFactory()):
            waiting.join(user=user, event_id=kind.event_id, ticket_type_id=kind.pk, quantity=1)
        add_places(kind, 2)
        buy = [lambda k=kind: order_tickets(fresh(k)) for _ in range(2)]
        for one in race([waiting.offer_free_places, waiting.offer_free_places, *buy]):
            assert isinstance(one, tuple | TicketOrder | SoldOut), one
        assert fresh(kind.quota).taken == 4
        assert places_agree(kind.event)


def test_an_order_against_leaving_and_the_end_of_the_offer():
    """Who left in the moment of ordering may find the places taken that were still held when they were counted."""
    for _ in range(ROUNDS):
        kind, user = make_type(make_event(), price="0", quantity=1), UserFactory()
        sell_out(kind)
        entry = waiting.join(user=user, event_id=kind.event_id, ticket_type_id=kind.pk, quantity=1)
        add_places(kind, 1)
        waiting.offer_free_places()
        ordered, *_ = race(
            [
                lambda k=kind, u=user: order_tickets(fresh(k), user=u),
                lambda e=entry: waiting.end(e.pk, "left"),
                lambda e=entry: waiting.end(e.pk, "expired"),
            ]
        )
        assert isinstance(ordered, TicketOrder | SoldOut), ordered
        assert fresh(entry).status in ("ordered", "left", "expired")
        assert fresh(kind.quota).taken == 1 + isinstance(ordered, TicketOrder)
        assert places_agree(kind.event)


def offer_quietly(ticket, email):
    return transferring.offer(ticket=fresh(ticket), to=email)
