"""An order is one row, however often and in whatever order the shop tells of it, and its newest version counts."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from core.testing.races import race
from storesync.models import StoreOrder
from storesync.sales.intake import block, take_in
from storesync.sales.reading import order_of, parse, read_shopify, read_woocommerce
from storesync.stock.reserved import pieces_of
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
    history = [(change.status, change.notes) for change in order.status_history.order_by("pk")]
    assert history == [("waiting", ""), ("ignored", "Cancelled before it was sold."), ("waiting", "")]


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


def test_the_news_of_a_deletion_counts_though_the_clock_of_the_shop_is_ahead(shop):
    ahead = timezone.now() + timedelta(minutes=5)
    order, _ = take_in(connection=shop, order=replace(PAID, version=ahead))
    take_in(connection=shop, order=replace(PAID, version=None, lines=(), cancelled=True), version=timezone.now())
    order.refresh_from_db()
    assert (order.is_cancelled, order.version) == (True, ahead)


# Clocks that go wrong


def test_a_version_of_the_far_future_bars_no_later_one(shop):
    order, _ = take_in(connection=shop, order=replace(PAID, version=timezone.now() + timedelta(days=9000)))
    now = timezone.now()
    for news in (replace(PAID, version=now, cancelled=True), replace(PAID, version=now - timedelta(days=1))):
        take_in(connection=shop, order=news)
    order.refresh_from_db()
    assert (order.version, order.is_cancelled, order.status) == (now, True, "ignored")


def test_versions_of_a_clock_that_is_always_ahead_are_in_their_order(shop):
    ahead = timezone.now() + timedelta(days=365)
    order, _ = take_in(connection=shop, order=replace(PAID, version=ahead, cancelled=True))
    take_in(connection=shop, order=replace(PAID, version=ahead - timedelta(minutes=1)))
    assert state(order) == ("ignored", False)


# Orders that are none of ours


@pytest.fixture
def connected(shop):
    """When the shop was connected."""
    shop.orders_from = NOON
    shop.save(update_fields=["orders_from"])
    return NOON


BEFORE, SINCE = timedelta(minutes=-1), timedelta(minutes=1)
EARLIER, LATER = NOON + BEFORE, NOON + SINCE


@pytest.mark.parametrize(
    ("first", "is_ours"),
    [
        ({"created": EARLIER}, False),
        ({"created": EARLIER, "paid_at": EARLIER}, False),
        ({"created": EARLIER, "paid_at": LATER}, True),
        ({"created": EARLIER, "paid": False}, True),
        ({"created": EARLIER, "cancelled": True}, False),
        ({"created": NOON}, True),
        ({"created": LATER}, True),
    ],
)
def test_what_was_paid_before_the_shop_was_connected_is_not_sold(shop, connected, first, is_ours):
    """Neither now nor when the shop touches it again, and it holds no pieces."""
    order, _ = take_in(connection=shop, order=version(1, **first))
    take_in(connection=shop, order=version(2, **{**first, "paid": True, "cancelled": False}))
    assert state(order) == (("waiting", True) if is_ours else ("ignored", False))
    assert bool(pieces_of(order)) == is_ours


def test_an_order_whose_first_payment_failed_before_the_shop_was_connected_is_sold(shop, connected):
    order, _ = take_in(connection=shop, order=version(1, created=EARLIER, paid=False, cancelled=True))
    assert state(order) == ("ignored", False)
    take_in(connection=shop, order=version(2, created=EARLIER, paid_at=LATER))
    assert (state(order), bool(pieces_of(order))) == (("waiting", True), True)


@pytest.mark.parametrize("news", ["unreadable", "deleted"])
def test_what_was_known_by_its_id_alone_is_not_sold_either(shop, connected, news):
    if news == "unreadable":
        block(connection=shop, order_id=PAID.id, reason="No way.")
    else:
        take_in(connection=shop, order=version(1, cancelled=True, lines=(), created=None))
    order, is_new = take_in(connection=shop, order=version(2, created=EARLIER, paid_at=EARLIER))
    assert (is_new, state(order), pieces_of(order)) == (False, ("ignored", False), {})


def test_an_order_of_the_second_in_which_the_shop_was_connected_is_sold(shop, connected):
    shop.orders_from += timedelta(milliseconds=500)
    order, _ = take_in(connection=shop, order=version(1, created=NOON))
    assert state(order) == ("waiting", True)


def test_a_test_order_is_not_sold_and_holds_no_pieces(shop):
    order, _ = take_in(connection=shop, order=version(1, test=True))
    take_in(connection=shop, order=version(2, test=True))
    assert (state(order), pieces_of(order)) == (("ignored", False), {})
    assert order.status_history.latest("pk").notes == "A test, or made and paid before the store was connected."
    block(connection=shop, order_id=order.order_id, reason="No way.")
    assert state(order) == ("ignored", False)


@pytest.mark.parametrize(
    ("status", "holds"),
    [
        *[(name, True) for name in ("on-hold", "processing", "completed", "a-plugin-s-own")],
        *[(name, False) for name in ("pending", "checkout-draft", "auto-draft")],
        *[(name, False) for name in ("cancelled", "refunded", "failed", "trash")],
    ],
)
def test_an_order_of_woocommerce_takes_pieces_where_the_shop_takes_them(shop, status, holds):
    row = {**recorded("woocommerce/order-702-gst.raw"), "status": status}
    order, _ = take_in(connection=shop, order=read_woocommerce(row))
    assert bool(pieces_of(order)) == holds


@pytest.mark.parametrize(
    "status", ["pending", "authorized", "partially_paid", "paid", "partially_refunded", "voided", "expired"]
)
@pytest.mark.parametrize("fulfilment", [None, "partial", "fulfilled", "restocked"])
def test_an_order_of_shopify_takes_pieces_until_it_is_cancelled_or_they_are_back(shop, status, fulfilment):
    row = {**recorded("shopify/orders-create-taxes-included-aud"), "financial_status": status}
    order, _ = take_in(connection=shop, order=read_shopify({**row, "fulfillment_status": fulfilment}))
    assert pieces_of(order) == {"82804GM": 2}


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
