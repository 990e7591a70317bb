"""Workers that are killed at each step of a sale and its return, or that come at once: one sale, one return."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.testing.kills import kill_at
from core.testing.races import race
from storesync.connections import disconnect
from storesync.models import Connection, ErpSale, StoreOrder
from storesync.models.orders import LEASE
from storesync.tests.sales import an_order, back, invoices, make_shop, row, take, work

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

ORDER = an_order(("PHONE-A", 2), "CABLE-C")
SELLING = [
    *(("storesync.sales.working.claim", when) for when in ("before", "after")),
    *(("storesync.sales.selling.reserve", when) for when in ("before", "after")),
    *(("storesync.erp.client.Prokip.sell", when) for when in ("before", "after")),
    *(("storesync.sales.selling.confirm", when) for when in ("before", "after")),
    ("storesync.sales.working.conclude", "before"),
]
RETURNING = [
    *(("storesync.sales.returning.want", when) for when in ("before", "after")),
    *(("storesync.erp.client.Prokip.give_back", when) for when in ("before", "after")),
    *(("storesync.sales.returning.settle", when) for when in ("before", "after")),
]


@pytest.fixture
def shop(prokip):
    return make_shop()


def start_again(shop):
    """The next workers, once every lease is over."""
    with time_machine.travel(timezone.now() + LEASE + timedelta(minutes=1)):
        for _ in range(2):
            work(shop)


def stock(prokip):
    levels = prokip.state()["stock"]
    return levels["PHONE-A"], levels["CABLE-C"]


@pytest.mark.parametrize(("step", "when"), SELLING)
def test_killed_while_selling(shop, prokip, step, when):
    order = take(shop, ORDER)
    kill_at(step, when, lambda: work(shop))
    start_again(shop)
    assert (row(order).status, invoices(prokip), stock(prokip)) == ("sent", ["SHOPIFY-1"], (18, 199))
    assert all(line.sell_line_id for line in ErpSale.objects.get().lines.all())


@pytest.mark.parametrize(("step", "when"), RETURNING)
def test_killed_while_returning(shop, prokip, step, when):
    order = take(shop, ORDER)
    work(shop)
    take(shop, back(ORDER, 1, 1))
    kill_at(step, when, lambda: work(shop))
    start_again(shop)
    assert (row(order).status, stock(prokip)) == ("sent", (19, 200))
    assert [line.returned for line in ErpSale.objects.get().lines.order_by("pk")] == [1, 1]


def test_several_workers_sell_each_order_once_and_in_order(shop, prokip):
    for number in range(1, 13):
        created = ORDER.created + timedelta(minutes=number)
        take(shop, an_order("CABLE-C", number=number, created=created))
    race([lambda: work(shop) for _ in range(4)])
    work(shop)
    assert invoices(prokip) == [f"SHOPIFY-{number}" for number in range(1, 13)]


def test_a_cancellation_that_comes_while_the_order_is_sold(shop, prokip):
    """Sold and returned, or never sold: nothing stays out of stock."""
    for number in range(1, 11):
        sold = an_order("CABLE-C", number=number)
        order = take(shop, sold)
        cancelled = replace(sold, cancelled=True, version=sold.version + timedelta(minutes=1))
        race([lambda: work(shop), lambda c=cancelled: take(shop, c)])
        work(shop)
        assert row(order).status in ("ignored", "returned")
        assert stock(prokip)[1] == 200


def test_a_shop_that_is_disconnected_while_it_sells_leaves_no_sale_unknown(shop, prokip):
    for number in range(1, 11):
        take(shop, an_order("CABLE-C", number=number))
    race([lambda: work(shop), lambda: disconnect(connection=Connection.objects.get(pk=shop.pk), by=shop.owner)])
    work(shop)
    orders = dict(StoreOrder.objects.values_list("order_id", "status"))
    sold = [f"SHOPIFY-{number}" for number, status in sorted(orders.items(), key=by_number) if status == "sent"]
    assert set(orders.values()) <= {"waiting", "sent"}
    assert invoices(prokip) == sold


def by_number(item):
    return int(item[0])
