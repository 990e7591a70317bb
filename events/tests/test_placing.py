"""Placing orders: prices, fees, limits, windows, vouchers, holds; and that a refusal changes nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from core.errors import DomainError
from events.models import Event, Quota, TicketOrder, Voucher
from events.selling import expiring
from events.tests.factories import make_event, make_type
from events.tests.shop import (
    fresh,
    let_hold_end,
    order_tickets,
    paid_order,
    paylater,
    places_agree,
    taken,
    tickets_for_sale,
)
from payments.models import Payment

__all__ = ["paylater", "tickets_for_sale"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tickets_for_sale")]


@pytest.fixture
def event():
    return make_event()


def refused(code, *args, **more):
    """The refusal of such an order, of which nothing is left."""
    before = list(Quota.objects.values_list("pk", "taken"))
    count, vouchers = TicketOrder.objects.count(), list(Voucher.objects.values_list("used"))
    with pytest.raises(DomainError) as caught:
        order_tickets(*args, **more)
    assert caught.value.code == code
    assert list(Quota.objects.values_list("pk", "taken")) == before
    assert (TicketOrder.objects.count(), list(Voucher.objects.values_list("used"))) == (count, vouchers)
    assert Payment.objects.count() == TicketOrder.objects.exclude(total=0).count()
    return caught.value


def make_voucher(event, kind, **fields):
    return Voucher.objects.create(event=event, code="SAVE", kind=kind, **fields)


def test_an_order_holds_its_places_and_has_a_payment_to_make(event, user):
    single, vip = make_type(event, price="5000"), make_type(event, price="20000")
    order = order_tickets(single, 2, user=user, items={vip.pk: 1}, contact={"email": "a@example.com"})
    assert (order.status, order.payment_status, order.total) == ("pending", "pending", 30000)
    assert order.reference.startswith("PNG-")
    assert len(order.reference) == 36
    assert order.hold_until == order.created_at + timedelta(minutes=15)
    payment = order.payments().get()
    assert (payment.amount, payment.currency, payment.intent_id) == (30000, "NGN", order.reference)
    lines = list(order.lines.values_list("price", "quantity", "fee", "subtotal"))
    assert lines == [(5000, 2, Decimal("245.00"), 10000), (20000, 1, Decimal("680.00"), 20000)]
    assert taken(single, vip) == [2, 1]
    assert (order.contact_email, list(order.tickets.all())) == ("a@example.com", [])
    assert list(order.status_history.values_list("status", "actor")) == [("pending", user.pk)]
    assert places_agree(event)


def test_what_costs_nothing_is_completed_at_once_with_tickets(event):
    order = order_tickets(make_type(event, price="0"), 3)
    assert (order.status, order.payment_status, order.payment_method) == ("completed", "completed", "free")
    assert (order.tickets.count(), order.payments().count(), order.hold_until) == (3, 0, None)
    assert order.reference.startswith("PNG-")
    assert places_agree(event)


def test_drafts_are_not_found_and_cancelled_and_begun_events_not_on_sale(event):
    kind = make_type(event)
    Event.objects.update(status="draft")
    refused("not_found", kind)
    for change in ({"status": "cancelled"}, {"status": "published", "starts_at": timezone.now()}):
        Event.objects.update(**change)
        refused("not_on_sale", kind)


def test_types_are_sold_in_their_window(event):
    now = timezone.now()
    refused("not_on_sale", make_type(event, sale_starts_at=now + timedelta(hours=1)))
    refused("not_on_sale", make_type(event, sale_ends_at=now))
    assert order_tickets(make_type(event, sale_starts_at=now, sale_ends_at=now + timedelta(hours=1)))


def test_lines_are_of_this_event_and_within_what_an_order_may_have(event):
    kind, foreign = make_type(event, max_per_order=4), make_type(make_event())
    refused("invalid", kind, 5)
    refused("invalid", kind, 0)
    refused("invalid", kind, 1, items={foreign.pk: 1})
    refused("invalid", kind, 1, items={10**12: 1})
    assert order_tickets(kind, 4)


def test_sold_out_by_its_own_quota_or_the_shared_one(event):
    shared = Quota.objects.create(event=event, name="Hall", size=5)
    first, second = make_type(event, quantity=4, shared=shared), make_type(event, quantity=4, shared=shared)
    refused("sold_out", first, 3, items={second.pk: 3})
    order_tickets(first, 3)
    refused("sold_out", first, 2)
    refused("sold_out", second, 3)
    order_tickets(second, 2)
    assert taken(first, second) == [3, 2]
    assert fresh(shared).left == 0
    assert places_agree(event)


def test_places_of_holds_that_are_over_are_free_for_the_next_buyer_at_once(event):
    kind = make_type(event, quantity=2)
    late = let_hold_end(order_tickets(kind, 2))
    assert order_tickets(kind, 1)
    late = fresh(late)
    assert (late.status, late.payment_status, taken(kind)) == ("expired", "failed", [1])
    assert late.payments().get().status == "cancelled"
    assert places_agree(event)


def test_a_sixth_unpaid_order_is_refused_until_one_is_paid_or_let_go(event, user):
    kind = make_type(event)
    orders = [order_tickets(kind, user=user) for _ in range(5)]
    refused("limit_reached", kind, user=user)
    assert order_tickets(make_type(make_event()), user=user)
    expiring.cancel_order(order=orders[0], by=user)
    assert order_tickets(kind, user=user)
    let_hold_end(orders[1])
    assert order_tickets(kind, user=user)


def test_an_account_has_so_many_free_tickets_of_a_type_at_most(event, user):
    kind = make_type(event, price="0", max_per_order=3)
    order_tickets(kind, 2, user=user)
    refused("limit_reached", kind, 2, user=user)
    assert order_tickets(kind, 1, user=user)
    refused("limit_reached", kind, 1, user=user)
    assert order_tickets(kind, 3)
    assert paid_order(make_type(event, max_per_order=1), user=user)


@pytest.mark.parametrize(
    ("kind", "value", "total", "fee"),
    [("percent", "25", 7500, "208.75"), ("amount", "1000", 8000, "216"), ("amount", "9000", 0, "0")],
)
def test_a_voucher_takes_something_off_each_ticket(event, kind, value, total, fee):
    voucher = make_voucher(event, kind, value=Decimal(value))
    order = order_tickets(make_type(event, price="5000"), 2, voucher=" save ")
    assert (order.total, order.lines.get().fee, fresh(voucher).used) == (total, Decimal(fee), 1)
    assert order.status == ("pending" if total else "completed")


def test_a_voucher_is_used_as_often_as_it_may_and_given_back_with_its_hold(event):
    voucher = make_voucher(event, "percent", value=10)
    kind = make_type(event)
    order = order_tickets(kind, voucher="SAVE")
    refused("conflict", kind, voucher="SAVE")
    let_hold_end(order)
    assert expiring.expire_orders() == 1
    assert fresh(voucher).used == 0
    assert order_tickets(kind, voucher="SAVE")


def test_a_voucher_of_others_or_that_has_ended_is_refused(event):
    kind, other = make_type(event), make_type(event)
    make_voucher(make_event(), "percent", value=10)
    refused("invalid", kind, voucher="SAVE")
    voucher = make_voucher(event, "percent", value=10, ticket_type=other)
    refused("invalid", kind, voucher="SAVE")
    assert order_tickets(other, voucher="SAVE")
    Voucher.objects.filter(pk=voucher.pk).update(max_uses=5, valid_until=timezone.now())
    refused("invalid", other, voucher="SAVE")


def test_a_hidden_type_is_opened_by_its_voucher_alone(event):
    kind = make_type(event, is_hidden=True)
    refused("invalid", kind)
    make_voucher(event, "unlock", ticket_type=kind)
    assert order_tickets(kind, voucher="save").total == 5000


def test_without_a_gateway_for_naira_only_free_tickets_are_sold(event, settings):
    settings.EVENTS_GATEWAY = "paystack"
    settings.PAYSTACK_SECRET_KEY = ""
    refused("payment_unavailable", make_type(event))
    assert order_tickets(make_type(event, price="0"))


@pytest.mark.parametrize("buyers", [2, 12])
def test_an_order_costs_as_many_queries_however_many_buyers_there_are(event, buyers, django_assert_max_num_queries):
    kind = make_type(event)
    for _ in range(buyers):
        order_tickets(kind)
    buyer = UserFactory()
    with django_assert_max_num_queries(19) as queries:
        order_tickets(kind, user=buyer)
    assert queries.captured_queries[-1]["sql"].startswith(("UPDATE", "RELEASE"))
