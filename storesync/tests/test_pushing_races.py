"""Stock that is pushed twice at once, or by a process that is killed, and one piece that three shops sell at once."""

import pytest

from core.testing.kills import kill_at
from core.testing.races import race
from core.testing.tasks import run_tasks
from storesync.connections import disconnect, pause, resume
from storesync.connectors.registry import connector_of
from storesync.models import ErpItem, StockCache, StoreOrder, TraceEvent
from storesync.sales.intake import take_in
from storesync.tests.factories import make_connection
from storesync.tests.sales import an_order
from storesync.tests.stock import erp_config, events, planned, push_all, shopify_side, side, woo_side
from storesync.wire import CallFailed

__all__ = ["erp_config", "shopify_side", "side", "woo_side"]

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

STEPS = [
    *(
        (f"storesync.stock.pushing.{name}", when)
        for name in ("remember", "mark_sent")
        for when in ("before", "after")
    ),
    *(("storesync.connectors.shopify.selling.written", when) for when in ("before", "after")),
    *(("storesync.stock.pushing.acknowledge", when) for when in ("before", "after")),
]


@pytest.fixture
def sides(shopify_side, woo_side, shopify, woo):
    """Both, at the ERP's stock."""
    shopify_side.stand_in, woo_side.stand_in = shopify, woo
    for each in (shopify_side, woo_side):
        push_all(each)
    return shopify_side, woo_side


def right(side):
    """Whether the shop shows what it should, and each cell says so."""
    decisions = planned(side)
    rows = StockCache.objects.filter(connection=side.connection).values_list("item_key", "location", "seen")
    seen = {(item_key, location): count for item_key, location, count in rows}
    return bool(decisions) and all(each.seen == each.wanted == seen[each.cell] for each in decisions)


@pytest.mark.parametrize(("step", "when"), STEPS)
def test_killed_while_pushing(shopify_side, step, when):
    kill_at(step, when, lambda: push_all(shopify_side))
    push_all(shopify_side)
    assert right(shopify_side)


def test_several_pushes_at_once(side):
    connection = side.connection
    for stock in (3, 30, 11):
        ErpItem.objects.exclude(stock=None).update(stock=stock)
        results = race([lambda: push_all(connector_of(connection)) for _ in range(3)])
        assert all(errors == 0 for _, errors in results), results
        assert right(side)
    assert StockCache.objects.filter(connection=connection).count() == len(planned(side))


def test_a_shop_that_is_paused_while_it_is_pushed_to(side, monkeypatch):
    """At most the batch that was on its way is written, and after the pause it is right."""
    shop = side.connection
    monkeypatch.setattr("storesync.stock.pushing.SENT_AT_ONCE", 5)
    for stock in (3, 30, 11):
        ErpItem.objects.exclude(stock=None).update(stock=stock)
        differing, pushing = len([each for each in planned(side) if each.differs]), connector_of(shop)
        (written, errors), *_ = race(
            [lambda one=pushing: push_all(one), lambda: pause(user=shop.owner, connection_id=shop.pk, by=shop.owner)]
        )
        assert (errors, push_all(connector_of(shop))) == (0, (0, 0))
        assert len([each for each in planned(side) if each.differs]) == differing - written
        resume(user=shop.owner, connection_id=shop.pk, by=shop.owner)
        push_all(connector_of(shop))
        assert right(side)


def test_a_shop_that_is_disconnected_while_it_is_pushed_to(side):
    shop = side.connection
    ErpItem.objects.exclude(stock=None).update(stock=3)
    pushing = connector_of(shop)
    results = race([lambda: push_all(pushing), lambda: disconnect(connection=shop, by=shop.owner)])
    assert all(isinstance(each, CallFailed | tuple | None) for each in results), results
    shop.refresh_from_db()
    assert (shop.status, shop.credentials, shop.webhook_secret) == ("removed", None, None)
    run_tasks()
    assert side.stand_in.state()["hooks"] == []


@pytest.mark.parametrize("number", range(3))
def test_one_piece_that_three_shops_sell_at_once(sides, number):
    """All but one are flagged, whoever was first, and nobody shows it any longer."""
    owner = sides[0].connection.owner
    third = make_connection(owner=owner, address="third.myshopify.com", status="paused")
    order = an_order("PHONE-C", number=number)
    shops = [*(each.connection for each in sides), third]
    results = race([lambda shop=shop: take_in(connection=shop, order=order) for shop in shops])
    assert not [each for each in results if isinstance(each, Exception)], results
    assert StoreOrder.objects.filter(is_oversold=True).count() == 2
    assert TraceEvent.objects.filter(kind="oversold", sku="PHONE-C").count() == 2
    run_tasks()
    assert [each.stand_in.state()["stock"]["PHONE-C"] for each in sides] == [0, 0]
    assert {("write", 1, 0)} <= set(events("PHONE-C"))
