"""Whatever staff try, in whatever order: never more goes back than was taken, and everything can."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.errors import DomainError
from core.money import ZERO
from orders.fulfilment import record_payment_by_hand
from orders.models import Order, OrderRefund
from orders.refunds.pricing import left_to_refund
from orders.tests.shop import bought, give_back, stands
from orders.tests.test_refunds import raising
from payments.gateways.base import GatewayRefused
from payments.gateways.manual import ManualGateway
from payments.models import Refund

cents = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("300.00"), places=2)
goods = st.lists(st.tuples(cents, st.integers(1, 4)), min_size=1, max_size=3)
percents = st.sampled_from(["0", "7", "8.25", "8.875", "19"])
pieces = st.tuples(st.just("pieces"), st.integers(0, 2), st.integers(1, 3))
tries = st.lists(
    st.tuples(
        st.one_of(pieces, st.tuples(st.just("amount"), cents), st.just(("shipping",))),
        st.booleans(),  # whether the gateway refuses
    ),
    max_size=8,
)
quickly = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def order_of(lines, percent, shipping):
    """A paid order; by hand, which needs no browser."""
    order = bought(*lines, percent=percent, shipping=shipping, paid=False)
    record_payment_by_hand(order=order, by=order.user, reason="Cash")
    return order


def attempt(order, kind, *figures, refused=False):
    """One try of staff; what went back, 0 when it was refused."""
    wanted = {
        "pieces": lambda line, quantity: {"quantities": {line % order.lines.count(): quantity}},
        "amount": lambda amount: {"amount": amount},
        "shipping": lambda: {"shipping": True},
    }[kind](*figures)
    with pytest.MonkeyPatch.context() as gateway:
        if refused:
            gateway.setattr(ManualGateway, "refund", raising(GatewayRefused("No.")))
        try:
            gone = give_back(order, by=order.user, **wanted)
        except DomainError:
            return ZERO
    return ZERO if refused else gone


def holds(order, gone):
    """What must be true at every moment."""
    status, kept = stands(order)
    assert kept == order.total - gone == left_to_refund(Order.objects.get(pk=order.pk))
    assert status == ("paid" if not gone else "partially_refunded" if kept else "refunded")
    done = Refund.objects.filter(status="succeeded")
    assert sum(refund.amount for refund in done) == gone <= order.total
    assert sum(one.tax_amount for one in OrderRefund.objects.filter(refund__in=done)) <= order.tax_total
    for line in order.lines.all():
        returned = line.refund_lines.filter(order_refund__refund__status="succeeded")
        assert sum(part.quantity for part in returned) == line.refunded_quantity <= line.quantity


class TestRefunds(TestCase):
    """Random orders, and random refunds of them."""

    @quickly
    @given(goods, percents, st.sampled_from(["0.00", "4.99"]), tries)
    def test_any_refunds_stay_within_and_end_at_everything(self, lines, percent, shipping, steps):
        order, gone = order_of(lines, percent, shipping), ZERO
        for step, refused in steps:
            gone += attempt(order, *step, refused=refused)
            holds(order, gone)
        if left := left_to_refund(Order.objects.get(pk=order.pk)):
            gone += attempt(order, "amount", left)
        holds(order, gone)
        assert (gone, stands(order)) == (order.total, ("refunded", 0))

    @quickly
    @given(goods, percents, st.data())
    def test_all_pieces_in_any_order_are_everything_to_the_cent(self, lines, percent, data):
        order = order_of(lines, percent, "4.99")
        single = [place for place, line in enumerate(order.lines.order_by("pk")) for _ in range(line.quantity)]
        gone = attempt(order, "shipping")
        for place in data.draw(st.permutations(single)):
            refused = data.draw(st.booleans())
            gone += attempt(order, "pieces", place, 1, refused=refused)
            if refused:
                gone += attempt(order, "pieces", place, 1)
        holds(order, gone)
        assert gone == order.total
