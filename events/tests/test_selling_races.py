"""Many hands at the same places, orders, vouchers and tickets: one consistent end, whoever was faster."""

import pytest

from accounts.tests.factories import ManagerFactory, UserFactory
from core.testing.races import race
from events.models import Ticket, TicketOrder, Voucher
from events.selling import expiring, paying
from events.tests.factories import make_event, make_type
from events.tests.shop import (
    fresh,
    give_back,
    let_hold_end,
    order_tickets,
    outcomes,
    paid_order,
    pay,
    paylater,
    places_agree,
    send_all_refunds,
    taken,
    tickets_for_sale,
)
from payments.ledger.checking import differences
from payments.models import Payment

__all__ = ["paylater", "tickets_for_sale"]

pytestmark = [
    pytest.mark.races,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("tickets_for_sale"),
]
ROUNDS = 15


@pytest.fixture
def event():
    return make_event(refund_until_hours=1, refund_percent=100)


def test_a_crowd_for_places_of_holds_that_are_over(event):
    kind = make_type(event, quantity=10)
    late = [let_hold_end(order_tickets(kind, 2)) for _ in range(5)]
    buyers = [UserFactory() for _ in range(20)]
    seen = outcomes(race([lambda user=user: order_tickets(kind, user=user) for user in buyers]))
    assert sorted(seen) == ["done"] * 10 + ["sold_out"] * 10
    assert {fresh(order).status for order in late} == {"expired"}
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
    buyers = [UserFactory() for _ in range(50)]
    seen = outcomes(race([lambda user=user: order_tickets(kind, user=user, voucher="one") for user in buyers]))
    assert sorted(seen) == ["conflict"] * 49 + ["done"]
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
