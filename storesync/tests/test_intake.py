"""An order is one row, however often and in whatever order the shop tells of it, and its newest version counts."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.testing.races import race
from storesync.models import StoreOrder
from storesync.sales.intake import take_in
from storesync.sales.reading import order_of, parse, read_shopify, read_woocommerce
from storesync.tests.bodies import recorded
from storesync.tests.factories import make_connection

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def shop(db):
    return make_connection()


def version(minute, **fields):
    """The order as it was so many minutes after noon: paid, unless `fields` say otherwise."""
    order = read_shopify(recorded("shopify/orders-create-taxes-included-aud"))
    return replace(order, version=NOON + timedelta(minutes=minute), **fields)


UNPAID, PAID, CANCELLED = version(1, paid=False), version(2), version(3, cancelled=True)


def state(order):
    order.refresh_from_db()
    return order.status, order.next_attempt_at is not None


@pytest.mark.parametrize("versions", [*itertools.permutations([UNPAID, PAID, CANCELLED, PAID])])
def test_in_whatever_order_versions_come_the_newest_counts(shop, versions):
    known = [take_in(connection=shop, order=one)[1] for one in versions]
    assert known == [True, False, False, False]
    order = StoreOrder.objects.get()
    assert (order.version, order.is_paid, order.is_cancelled) == (CANCELLED.version, True, True)
    assert state(order) == ("ignored", False)
    assert order_of(order.content) == CANCELLED


def test_what_is_not_paid_waits_until_it_is(shop):
    order, _ = take_in(connection=shop, order=UNPAID)
    assert state(order) == ("waiting", False)
    take_in(connection=shop, order=PAID)
    assert state(order) == ("waiting", True)


def test_an_order_that_was_reopened_is_sold_after_all(shop):
    order, _ = take_in(connection=shop, order=CANCELLED)
    take_in(connection=shop, order=version(4))
    assert state(order) == ("waiting", True)
    assert [change.status for change in order.status_history.order_by("pk")] == ["waiting", "ignored", "waiting"]


def test_what_was_blocked_is_tried_again_with_a_newer_version_and_not_with_an_older(shop):
    order, _ = take_in(connection=shop, order=PAID)
    order.move_to("blocked")
    StoreOrder.objects.update(next_attempt_at=None)
    take_in(connection=shop, order=UNPAID)
    assert state(order) == ("blocked", False)
    take_in(connection=shop, order=version(3))
    assert state(order) == ("waiting", True)


@pytest.mark.parametrize(("status", "is_due"), [("reserved", True), ("sent", True), ("returned", False)])
def test_a_sale_is_looked_at_again_until_all_of_it_is_back(shop, status, is_due):
    order, _ = take_in(connection=shop, order=PAID)
    StoreOrder.objects.update(status=status, next_attempt_at=None)
    take_in(connection=shop, order=CANCELLED)
    assert state(order) == (status, is_due)


def test_the_news_of_a_deletion_keeps_what_was_sold(shop):
    woo = make_connection(owner=shop.owner, platform="woocommerce", address="https://woo.example")
    sold = replace(read_woocommerce(recorded("woocommerce/order-702-gst.raw")), version=NOON)
    order, _ = take_in(connection=woo, order=sold)
    deleted = read_woocommerce(parse(b'{"id": %s}' % sold.id.encode()), deleted=True)
    take_in(connection=woo, order=deleted, version=NOON + timedelta(minutes=1))
    order.refresh_from_db()
    assert (order.is_cancelled, order_of(order.content)) == (True, sold)
    take_in(connection=woo, order=sold)
    order.refresh_from_db()
    assert order.is_cancelled


def test_two_shops_may_have_an_order_of_one_id(shop):
    other = make_connection(owner=shop.owner, address="other.myshopify.com")
    assert all(take_in(connection=one, order=PAID)[1] for one in (shop, other))


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_one_order_from_everywhere_at_once():
    """Created, updated, cancelled, redelivered and pulled: one row, at its newest version."""
    for _ in range(20):
        shop = make_connection()
        jobs = [lambda o=one, s=shop: take_in(connection=s, order=o)[1] for one in (UNPAID, PAID, CANCELLED, PAID)]
        assert sorted(race(jobs)) == [False, False, False, True]
        order = StoreOrder.objects.get(connection=shop)
        assert (order.version, order.status) == (CANCELLED.version, "ignored")
