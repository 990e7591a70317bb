"""Two pairs of hands at one order's money, on a database that locks rows."""

from decimal import Decimal
from uuid import uuid4

import pytest

from accounts.tests.factories import ManagerFactory
from catalog.tests.factories import ProductFactory
from core.money import quantize
from core.testing.races import race
from orders.fulfilment import cancel_order, record_payment_by_hand
from orders.models import Order, ShippingMethod
from orders.refunds.pricing import Wanted, left_to_refund
from orders.refunds.refunding import refund_order
from orders.tests.shop import books_agree, bought, in_stock, make_order, stands
from orders.tests.test_races import deliver, paid_at_the_gateway
from payments.models import Payment, Refund
from payments.refunds.services import send_pending

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
ROUNDS = 20  # of what two clicks can do to one order
SOME = 5  # of what takes a new order each time


@pytest.fixture(autouse=True)
def standard_shipping():
    """The row of the migration, which tests with real transactions flush."""
    ShippingMethod.objects.get_or_create(code="standard", defaults={"name": "Standard"})


def refunding(order, *, key=None, by=None, amount=None, restock=False, quantity=1):
    """A click: a piece, or an amount."""
    quantities = {} if amount else {order.lines.first().pk: quantity}
    wanted, by = Wanted(quantities, amount=amount, restock=restock), by or ManagerFactory()
    return lambda: refund_order(
        order=Order.objects.get(pk=order.pk), wanted=wanted, reason="Race", by=by, key=key or uuid4()
    )


def codes(results):
    """What became of each: "done", or the code of the refusal; any other exception is itself."""
    return sorted("done" if isinstance(one, list) else getattr(one, "code", repr(one)) for one in results)


def settled(order):
    """Nothing waits any longer, and our books are the gateway's."""
    assert send_pending()[1] == 0
    assert not Refund.objects.exclude(status="succeeded").exists()
    return books_agree(Order.objects.get(pk=order.pk))


def test_two_clicks_on_one_form(settings):
    settings.ORDER_MAX_QUANTITY = ROUNDS
    order, by = bought(("100.00", ROUNDS)), ManagerFactory()
    for turn in range(1, ROUNDS + 1):
        key = uuid4()
        results = race([refunding(order, key=key, by=by, restock=True) for _ in range(2)])
        assert codes(results) == ["done", "refund_repeated"]
        line = order.lines.get()
        assert (line.refunded_quantity, line.restocked_quantity, in_stock(order)) == (turn, turn, [turn])
    assert stands(order) == ("partially_refunded", order.shipping_total)
    assert settled(order)


def test_two_clicks_for_more_than_is_left():
    order, by = bought(("9999999.00", 1)), ManagerFactory()
    for _ in range(ROUNDS):
        left = left_to_refund(Order.objects.get(pk=order.pk))
        more_than_half = quantize(left * Decimal("0.51"))
        results = race([refunding(order, by=by, amount=more_than_half) for _ in range(2)])
        assert codes(results) == ["done", "refund_too_large"]
        assert stands(order) == ("partially_refunded", left - more_than_half)
    assert settled(order)


def test_five_at_the_same_piece():
    for _ in range(SOME):
        order = bought(("100.00", 2))
        results = race([refunding(order, restock=True) for _ in range(5)])
        assert codes(results) == ["done"] * 2 + ["too_many_pieces"] * 3
        assert (order.lines.get().refunded_quantity, in_stock(order)) == (2, [2])
        assert stands(order) == ("partially_refunded", order.shipping_total)
        assert settled(order)


def test_a_refund_and_a_cancellation():
    ends = set()
    for _ in range(SOME):
        order = bought(("100.00", 3))
        clicks = [refunding(order, restock=True), lambda o=order: cancel_order(order=Order.objects.get(pk=o.pk))]
        refunded, cancelled = race(clicks)
        assert cancelled is None
        ends.update(codes([refunded]))
        assert stands(order) == ("refunded", 0)
        assert in_stock(order) == [3]
        assert settled(order)
    assert ends <= {"done", "nothing_to_refund"}


def test_a_refund_and_the_worker():
    for _ in range(SOME):
        order = bought(("100.00", 3))
        results = race([refunding(order), send_pending, refunding(order), send_pending])
        assert codes([results[0], results[2]]) == ["done"] * 2
        assert not [one for one in results if isinstance(one, Exception)]
        assert settled(order)
        assert stands(order)[1] == order.total - 2 * (order.total - order.shipping_total) / 3


def test_orders_over_the_same_products_do_not_deadlock():
    products = [(ProductFactory(inventory_count=99, price=price), 2) for price in ("10.00", "20.00", "30.00")]
    for _ in range(SOME):
        orders = [bought(products=products), bought(products=products[::-1])]
        clicks = []
        for order in orders:
            wanted = Wanted({line.pk: 2 for line in order.lines.all()}, restock=True)
            clicks.append(
                lambda o=order, w=wanted: refund_order(order=o, wanted=w, reason="All", by=o.user, key=uuid4())
            )
        assert codes(race(clicks)) == ["done", "done"]
    for product, _quantity in products:
        product.refresh_from_db()
        assert product.inventory_count == 99


def test_two_record_the_same_payment():
    for _ in range(SOME):
        order, staff = make_order(), ManagerFactory()
        click = lambda o=order, s=staff: record_payment_by_hand(  # noqa: E731
            order=Order.objects.get(pk=o.pk), by=s, reason="Cash"
        )
        results = race([click, click])
        assert sorted(getattr(one, "code", repr(one)) for one in results) == ["None", "order_not_payable"]
        assert (Payment.objects.filter(order_payment__order=order).count(), stands(order)[0]) == (1, "paid")


def test_a_payment_by_hand_and_one_by_card():
    for _ in range(SOME):
        order, _intent, event = paid_at_the_gateway()
        staff = ManagerFactory()
        results = race(
            [
                lambda o=order, s=staff: record_payment_by_hand(
                    order=Order.objects.get(pk=o.pk), by=s, reason="Cash"
                ),
                lambda e=event: deliver(e),
            ]
        )
        assert [getattr(one, "code", None) for one in results if isinstance(one, Exception)] in (
            [],
            ["order_not_payable"],
        )
        send_pending()
        assert stands(order) == ("paid", order.total)
        assert order.counted_payments().count() == 1
