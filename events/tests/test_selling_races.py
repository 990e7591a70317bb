"""Many hands at the same places, orders, vouchers and tickets: one consistent end, whoever was faster."""

import random

import pytest

from accounts.tests.factories import ManagerFactory, UserFactory
from core.errors import DomainError
from core.testing.races import race
from events.models import Category, Quota, Ticket, TicketOrder, Voucher
from events.selling import expiring, paying
from events.tests.factories import make_event, make_type
from events.tests.shop import (
    fresh,
    give_back,
    let_hold_end,
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
from payments.models import Payment, Refund
from payments.reconciling import fresh_intent_findings
from payments.services import ask_gateway

__all__ = ["paylater", "tickets_for_sale"]

pytestmark = [
    pytest.mark.races,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("tickets_for_sale"),
]
ROUNDS = 15


@pytest.fixture
def event():
    Category.objects.get_or_create(pk=1, defaults={"name": "Music", "slug": "music"})
    return make_event(refund_until_hours=1, refund_percent=100)


def outcomes(results):
    """What came of it: `done`, or the code of the refusal; any other exception is itself, so that a test shows it."""
    return [
        result.code if isinstance(result, DomainError) else repr(result) if isinstance(result, Exception) else "done"
        for result in results
    ]


def test_a_crowd_for_the_places_of_three_types(event):
    """240 buyers in crowds of 40, for 60 places that three types share."""
    shared = Quota.objects.create(event=event, name="Hall", size=60)
    kinds = [make_type(event, quantity=30, shared=shared) for _ in range(3)]
    buyers = [UserFactory() for _ in range(40)]
    seen = []
    for _ in range(6):
        jobs = [
            lambda user=user, kind=kinds[place % 3]: order_tickets(kind, user=user)
            for place, user in enumerate(buyers)
        ]
        seen += outcomes(race(jobs))
    assert set(seen) == {"done", "sold_out"}
    assert (seen.count("done"), fresh(shared).taken, sum(taken(*kinds))) == (60, 60, 60)
    for order in TicketOrder.objects.all():
        assert pay(order).status == "completed"
    assert (Ticket.objects.count(), Refund.objects.count()) == (60, 0)
    assert places_agree(event)


def test_a_crowd_for_places_of_holds_that_are_over(event):
    kind = make_type(event, quantity=10)
    late = [let_hold_end(order_tickets(kind, 2)) for _ in range(5)]
    buyers = [UserFactory() for _ in range(20)]
    seen = outcomes(race([lambda user=user: order_tickets(kind, user=user) for user in buyers]))
    assert sorted(seen) == ["done"] * 10 + ["sold_out"] * 10
    assert {fresh(order).status for order in late} == {"expired"}
    assert places_agree(event)


@pytest.mark.parametrize("paid", [True, False])
def test_all_who_may_end_one_order_at_once(event, paid):
    for number in range(ROUNDS):
        kind = make_type(event, quantity=1)
        order = let_hold_end(order_tickets(kind)) if number % 2 else order_tickets(kind)
        if paid:
            pay(order, verify=False)
        payment = order.payments().get()
        jobs = [
            lambda o=order: paying.verify(order=fresh(o)),
            lambda o=order: paying.verify(order=fresh(o)),
            lambda p=payment: ask_gateway(payment=fresh(p)),
            lambda p=payment: list(fresh_intent_findings(fresh(p), dry_run=False)),
            lambda o=order: expiring.cancel_order(order=fresh(o), by=o.user),
            expiring.expire_orders,
        ]
        random.Random(number).shuffle(jobs)
        seen = set(outcomes(race(jobs)))
        assert seen <= {"done", "wrong_status", "payment_in_motion"}, seen
        order = fresh(order)
        assert order.tickets.count() == taken(kind)[0] == (1 if paid else 0)
        assert order.status == "completed" if paid else order.status in ("expired", "cancelled")
        assert order.status_history.filter(status="completed").count() == int(paid)
    assert (list(differences()), Refund.objects.count()) == ([], 0)
    assert places_agree(event)


def test_late_money_against_the_next_buyer_for_the_last_place(event):
    for _ in range(ROUNDS):
        kind = make_type(event, quantity=1)
        late = order_tickets(kind)
        expiring.release(late)
        pay(late, verify=False)
        buyer = UserFactory()
        seen = outcomes(
            race(
                [
                    lambda o=late: paying.verify(order=fresh(o)),
                    lambda k=kind, u=buyer: order_tickets(k, user=u),
                    lambda o=late: paying.verify(order=fresh(o)),
                ]
            )
        )
        late = fresh(late)
        got_it = late.status == "completed"
        assert (seen[1] == "sold_out") == got_it, (seen, late.status)
        assert (taken(kind), late.tickets.count()) == ([1], int(got_it))
        assert late.payments().get().refunds.count() == int(not got_it)
    send_all_refunds()
    assert list(differences()) == []
    assert places_agree(event)


def test_one_use_of_a_voucher_and_many_carts(event):
    kind = make_type(event)
    voucher = Voucher.objects.create(event=event, code="ONE", kind="percent", value=50)
    buyers = [UserFactory() for _ in range(30)]
    seen = outcomes(race([lambda user=user: order_tickets(kind, user=user, voucher="one") for user in buyers]))
    assert sorted(seen) == ["conflict"] * 29 + ["done"]
    assert (fresh(voucher).used, TicketOrder.objects.count(), Payment.objects.count(), taken(kind)) == (1, 1, 1, [1])


def test_one_account_and_its_limits(event):
    user, free, priced = UserFactory(), make_type(event, price="0", max_per_order=3), make_type(event)
    seen = outcomes(race([lambda: order_tickets(free, user=user) for _ in range(10)]))
    assert sorted(seen) == ["done"] * 3 + ["limit_reached"] * 7
    seen = outcomes(race([lambda: order_tickets(priced, user=user) for _ in range(12)]))
    assert sorted(seen) == ["done"] * 5 + ["limit_reached"] * 7
    assert (taken(free, priced), Ticket.objects.count()) == ([3, 5], 3)


def test_two_refunds_of_one_ticket(event):
    staff = ManagerFactory()
    for _ in range(ROUNDS):
        kind = make_type(event)
        order = paid_order(kind, 2)
        ticket = order.tickets.first()
        jobs = [lambda o=order, t=ticket, b=by: give_back(o, t, by=b) for by in (order.user, staff, order.user)]
        assert sorted(outcomes(race(jobs))) == ["done", "wrong_status", "wrong_status"]
        assert (order.payments().get().refunds.count(), taken(kind), fresh(ticket).status) == (1, [1], "cancelled")
    send_all_refunds()
    assert list(differences()) == []
