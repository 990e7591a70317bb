"""The last piece: sold in one shop, it is gone from the others at once; sold in two, the later order is flagged."""

import json
from dataclasses import replace

import pytest
from django_tasks_db.models import DBTaskResult

from core.tasks import enqueue
from core.testing.tasks import run_tasks
from core.text.canonical import sha256
from storesync.models import Connection, SkuMapping, StoreOrder
from storesync.sales.working import send_orders
from storesync.tests.clients import hub_client
from storesync.tests.hooks import send, shopify_hook, woo_hook
from storesync.tests.sales import an_order, row, take
from storesync.tests.shops import SHOP
from storesync.tests.stock import erp_config, events, push_all, shopify_side, woo_side

__all__ = ["erp_config", "shopify_side", "woo_side"]

pytestmark = pytest.mark.django_db

ONE = an_order("PHONE-C")


@pytest.fixture
def sides(shopify_side, woo_side):
    """Both, at the ERP's stock."""
    for side in (shopify_side, woo_side):
        push_all(side)
    Connection.objects.filter(pk=woo_side.connection.pk).update(webhook_secret="hook-secret")
    return shopify_side, woo_side


def shown(stand_in, sku="PHONE-C"):
    return stand_in.state()["stock"][sku]


def tell(hook):
    assert send(hub_client(), hook).status_code == 200
    run_tasks()


def test_the_last_piece_is_gone_from_the_other_shop_once_a_webhook_tells(sides, shopify, woo, prokip):
    order = shopify.sell("PHONE-C")
    reads = len(prokip.calls("GET /connector/api/product"))
    tell(shopify_hook(json.dumps(order).encode(), shop=SHOP))
    assert shown(woo) == 0
    assert len(prokip.calls("GET /connector/api/product")) == reads
    assert StoreOrder.objects.get().status == "sent"
    assert events("PHONE-C")[-3:] == [("order", 0, 1), ("write", 1, 0), ("sale", 0, 1)]


def test_the_other_way_round(sides, shopify, woo):
    tell(woo_hook(json.dumps(woo.sell("PHONE-C")).encode()))
    assert shown(shopify) == 0


def test_it_goes_before_all_that_can_wait(sides):
    enqueue(send_orders, connection_id=sides[0].connection.pk)
    take(sides[0].connection, ONE)
    first = DBTaskResult.objects.ready().first()
    assert first.task.func.__name__ == "guard_stock"


def test_two_shops_that_sold_one_piece(sides, shopify, woo):
    """The first order is no oversale, whatever comes after it."""
    first, later = shopify.sell("PHONE-C"), woo.sell("PHONE-C")
    tell(shopify_hook(json.dumps(first).encode(), shop=SHOP))
    tell(woo_hook(json.dumps(later).encode()))
    tell(woo_hook(json.dumps(later).encode(), topic="order.updated"))
    flagged = StoreOrder.objects.filter(is_oversold=True)
    assert [order.connection for order in flagged] == [sides[1].connection]
    assert events("PHONE-C").count(("oversold", 1, -1)) + events("PHONE-C").count(("oversold", 0, -1)) == 1
    assert (shown(shopify), shown(woo)) == (0, 0)


def test_where_many_are_left_the_next_run_is_early_enough(sides, woo):
    calls = len(woo.calls())
    take(sides[0].connection, an_order("CABLE-C"))
    assert not DBTaskResult.objects.filter(task_path__endswith="guard_stock").exists()
    run_tasks()
    assert len(woo.calls()) == calls


def test_a_shop_that_holds_pieces_back_is_told_earlier(sides, woo):
    Connection.objects.filter(pk=sides[1].connection.pk).update(buffer=15)
    take(sides[0].connection, an_order("PHONE-A"))
    run_tasks()
    assert shown(woo, "PHONE-A") == 4


# Two items on one SKU of the ERP


@pytest.fixture
def twins(sides):
    """In both shops another item is the ERP's last phone, too."""
    for side in sides:
        told = SkuMapping.objects.filter(connection=side.connection, sku="PHONE-B")
        assert told.update(how="manual", erp_sku="PHONE-C", erp_sku_key=sha256("PHONE-C"))
        push_all(side)
    return sides


@pytest.mark.parametrize("sold", ["PHONE-B", "PHONE-C"])
def test_what_one_item_sold_the_other_shows_no_more_in_its_shop_and_in_another(twins, shopify, woo, sold):
    assert [shown(store, sku) for store in (shopify, woo) for sku in ("PHONE-B", "PHONE-C")] == [1, 1, 1, 1]
    order = shopify.sell(sold)
    tell(shopify_hook(json.dumps(order).encode(), shop=SHOP))
    assert [shown(store, sku) for store in (shopify, woo) for sku in ("PHONE-B", "PHONE-C")] == [0, 0, 0, 0]
    assert not StoreOrder.objects.filter(is_oversold=True).exists()


def test_both_items_of_a_shop_that_sold_the_last_piece_sold_one_too_many(twins, shopify):
    for sku in ("PHONE-B", "PHONE-C"):
        tell(shopify_hook(json.dumps(shopify.sell(sku)).encode(), shop=SHOP, event=sku))
    assert [order.is_oversold for order in StoreOrder.objects.order_by("pk")] == [False, True]


def test_the_shop_that_sold_is_not_asked_without_another_item(sides, shopify):
    calls = len(shopify.calls())
    take(sides[0].connection, ONE)
    run_tasks()
    assert len(shopify.calls()) == calls


def test_the_last_few_are_told_at_once(sides, woo):
    take(sides[0].connection, an_order(("PHONE-B", 3)))
    run_tasks()
    assert shown(woo, "PHONE-B") == 4


def test_it_never_shows_more(sides, woo):
    woo.set_stock("PHONE-B", 1)
    take(sides[0].connection, an_order(("PHONE-B", 3)))
    run_tasks()
    assert shown(woo, "PHONE-B") == 1


@pytest.mark.parametrize("status", ["paused", "broken"])
def test_a_shop_that_is_not_synced_is_not_touched(sides, woo, status):
    Connection.objects.filter(pk=sides[1].connection.pk).update(status=status)
    calls = len(woo.calls())
    take(sides[0].connection, ONE)
    run_tasks()
    assert len(woo.calls()) == calls


def test_a_shop_that_does_not_answer_is_left_to_the_next_run(sides, woo):
    woo.fail("500")
    take(sides[0].connection, ONE)
    run_tasks()
    woo.heal()
    assert shown(woo) == 1
    push_all(sides[1])
    assert shown(woo) == 0


def test_a_shop_that_refuses_our_credentials_is_broken(sides, woo):
    woo.fail("token")
    take(sides[0].connection, ONE)
    run_tasks()
    assert Connection.objects.get(pk=sides[1].connection.pk).status == "broken"


def test_an_order_that_was_cancelled_before_tells_nobody(sides):
    take(sides[0].connection, replace(ONE, cancelled=True))
    assert not DBTaskResult.objects.filter(task_path__endswith="guard_stock").exists()


def test_an_order_that_is_not_paid_yet_holds_the_last_piece_as_its_shop_does(sides, woo):
    take(sides[0].connection, replace(ONE, paid=False))
    run_tasks()
    assert shown(woo) == 0
    assert not StoreOrder.objects.filter(is_oversold=True).exists()


def test_an_order_is_told_once_and_again_when_it_takes_more(sides):
    shop = sides[0].connection
    for minute, pieces in enumerate([2, 2, 3, 2]):
        take(shop, an_order(("PHONE-B", pieces), minute=minute))
    assert DBTaskResult.objects.filter(task_path__endswith="guard_stock").count() == 2
    assert events("PHONE-B", sides[0])[-3:] == [("order", 0, 2), ("order", 2, 3), ("order", 3, 2)]


def test_an_order_that_was_cancelled_oversells_nothing(sides):
    order = take(sides[0].connection, an_order(("PHONE-C", 2)))
    assert row(order).is_oversold
    take(sides[0].connection, an_order(("PHONE-C", 2), cancelled=True, minute=1))
    assert not row(order).is_oversold


def test_what_the_erp_does_not_know_is_not_oversold(sides):
    order = take(sides[0].connection, an_order("SHOP-ONLY", "KIT-PHONE"))
    assert not row(order).is_oversold


def test_without_an_erp_nobody_is_told(sides, erp_config):
    erp_config.delete()
    take(sides[0].connection, ONE)
    run_tasks()
