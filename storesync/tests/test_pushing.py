"""The ERP's stock on its way into the shops: written where a shop has another figure now, and nowhere else."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from core.text.canonical import sha256
from storesync import wire
from storesync.connectors import budget
from storesync.mock.catalogue import generated
from storesync.mock.shopify.shapes import LOCATIONS, MAIN, Level
from storesync.models import Connection, ErpConfig, ErpItem, ErpSale, SkuMapping, StockCache, StoreOrder, TraceEvent
from storesync.sales.reading import read_shopify, read_woocommerce
from storesync.setup.matching import read_shop
from storesync.stock.pushing import Figures, push
from storesync.stock.reserved import reserved
from storesync.tests.factories import make_connection, make_sale
from storesync.tests.sales import an_order, take
from storesync.tests.stock import (
    cell,
    erp_config,
    events,
    planned,
    push_all,
    shopify_side,
    side,
    woo_side,
)

__all__ = ["erp_config", "shopify_side", "side", "woo_side"]

pytestmark = pytest.mark.django_db

MANY = 2_000
[_, WAREHOUSE] = LOCATIONS
READERS = {"shopify": read_shopify, "woocommerce": read_woocommerce}


@pytest.fixture
def shop(merchant):
    """One of the merchant's that nobody asks."""
    return make_connection(owner=merchant)


def of(decisions, sku):
    [found] = [each for each in decisions if each.sku == sku]
    return found.seen, found.wanted, found.rule


def shown(side, *skus):
    levels = side.stand_in.state()["stock"]
    return [levels[sku] for sku in skus]


# What is decided


def test_a_shop_gets_the_erp_s_stock_where_it_has_another(side, prokip):
    in_both = {sku for sku, count in prokip.state()["stock"].items() if sku in side.stand_in.state()["stock"]}
    decisions = planned(side)
    assert {each.sku for each in decisions} == in_both - {"KIT-PHONE", "SETUP", "DUP-1"} | (
        {"DUP-1"} if side.connection.platform == "woocommerce" else set()
    )
    written, errors = push_all(side, decisions=decisions)
    assert (written, errors) == (sum(each.differs for each in decisions), 0)
    erp = prokip.state()["stock"]
    assert {sku: count for sku, count in side.stand_in.state()["stock"].items() if sku in in_both - {"DUP-1"}} == {
        sku: erp[sku] for sku in in_both - {"DUP-1"}
    }


def test_nothing_is_written_where_nothing_differs(side):
    push_all(side)
    before = list(StockCache.objects.values_list("pk", "seen_at", "written_at"))
    calls = len(side.stand_in.calls())
    assert push_all(side) == (0, 0)
    assert len(side.stand_in.calls()) - calls <= 3
    assert list(StockCache.objects.values_list("pk", "seen_at", "written_at")) == before


def test_what_somebody_wrote_into_the_shop_is_set_right(side):
    push_all(side)
    side.stand_in.set_stock("PHONE-A", 999)
    assert push_all(side) == (1, 0)
    assert shown(side, "PHONE-A") == [20]


def test_settings_of_the_connection_decide(side):
    Connection.objects.update(buffer=2, max_listed=10)
    side.connection.refresh_from_db()
    decisions = planned(side)
    assert of(decisions, "PHONE-A")[1:] == (10, "most listed")
    assert of(decisions, "PHONE-B")[1:] == (5, "buffer")
    assert of(decisions, "PHONE-C")[1:] == (0, "floor")


def test_a_sku_that_the_erp_has_twice_is_pushed_nowhere(side):
    phone = ErpItem.objects.get(sku="PHONE-A")
    phone.pk, phone.variation_id = None, 999_999
    phone.save()
    assert "PHONE-A" not in {each.sku for each in planned(side)}


def test_a_mapping_by_hand_brings_the_other_sku_s_stock(side):
    by_hand = {"how": "manual", "erp_sku": "PHONE-B", "erp_sku_key": sha256("PHONE-B")}
    SkuMapping.objects.filter(sku="PHONE-A").update(**by_hand)
    push_all(side)
    assert shown(side, "PHONE-A") == [7]


def test_without_an_erp_nothing_is_decided(side):
    ErpConfig.objects.all().delete()
    assert planned(side) == []


def test_of_several_locations_the_first_that_has_the_item_gets_all_and_the_others_none(shopify_side, shopify):
    by_sku = {variant.sku: variant for variant in shopify.store.variants.values()}
    by_sku["PHONE-A"].levels[WAREHOUSE] = Level(4)
    by_sku["PHONE-B"].levels = {WAREHOUSE: Level(4)}
    shopify_side.connection.locations = [MAIN, WAREHOUSE]
    assert push_all(shopify_side)[1] == 0
    places = {sku: {place: level.available for place, level in by_sku[sku].levels.items()} for sku in by_sku}
    assert (places["PHONE-A"], places["PHONE-B"]) == ({MAIN: 20, WAREHOUSE: 0}, {WAREHOUSE: 7})


# What is reserved


def test_what_is_sold_and_not_booked_is_not_shown(side, erp_config):
    take(side.connection, an_order(("PHONE-A", 2)))
    take(side.connection, an_order("PHONE-A", number=2, paid=False))
    take(side.connection, an_order("PHONE-A", number=3, cancelled=True))
    assert reserved(erp_config) == {"PHONE-A": 3}
    assert of(planned(side), "PHONE-A")[1:] == (17, "reserved")


def test_pieces_that_came_back_are_not_reserved_nor_is_what_a_person_dismissed(shop, erp_config):
    order = an_order(("PHONE-A", 3))
    kept = take(shop, replace(order, lines=(replace(order.lines[0], refunded=2, restocked=1),)))
    assert reserved(erp_config) == {"PHONE-A": 2}
    StoreOrder.objects.filter(pk=kept.pk).update(dismissed_at=timezone.now())
    assert reserved(erp_config) == {"PHONE-A": 2}
    problems = [{"code": "sku_unknown", "message": "It is not there."}]
    StoreOrder.objects.filter(pk=kept.pk).update(next_attempt_at=None, problems=problems)
    assert not reserved(erp_config)


def test_what_waited_in_a_shop_that_was_disconnected_is_not_reserved(shop, erp_config):
    take(shop, an_order("PHONE-A"))
    Connection.objects.filter(pk=shop.pk).update(status="removed", key=None, credentials=None)
    assert not reserved(erp_config)
    StoreOrder.objects.update(status="reserved")  # the ERP may have been told, and it is booked all the same
    assert reserved(erp_config) == {"PHONE-A": 1}


def test_a_sale_is_reserved_until_the_erp_was_read_after_it(shop, erp_config):
    order = take(shop, an_order(("PHONE-A", 2)))
    sale = make_sale(order)
    StoreOrder.objects.update(status="sent")
    for minutes, held in [(-1, {}), (0, {"PHONE-A": 2}), (1, {"PHONE-A": 2})]:
        at = erp_config.read_at + timedelta(minutes=minutes)
        ErpSale.objects.filter(pk=sale.pk).update(erp_id=1, confirmed_at=at)
        assert reserved(erp_config) == held


def test_orders_reserve_what_the_erp_calls_it_and_those_of_others_nothing(shop, erp_config):
    keys = {"sku_key": sha256("THEIRS"), "erp_sku_key": sha256("PHONE-A")}
    SkuMapping.objects.create(connection=shop, sku="THEIRS", erp_sku="PHONE-A", how="manual", **keys)
    take(shop, an_order("THEIRS", "PHONE-A"))
    take(make_connection(), an_order("PHONE-B"))
    assert reserved(erp_config) == {"PHONE-A": 2}


# What becomes of it


def test_a_cell_tells_what_was_seen_wanted_written_and_acknowledged(side):
    push_all(side)
    kept = cell(side, "TABLET-10")
    assert (kept.wanted, kept.written, kept.seen, kept.rule) == (12, 12, 12, "erp")
    assert kept.written_at <= kept.acknowledged_at
    assert StockCache.objects.filter(wanted=None).count() == 0
    seen = {"shopify": 0, "woocommerce": 15}[side.connection.platform]
    assert events("TABLET-10") == [("erp", None, 12), ("write", seen, 12)]


def test_the_stock_of_an_item_that_is_gone_is_forgotten(side, monkeypatch):
    push_all(side)
    left = [item for item in side.products() if item.sku == "PHONE-A"]
    monkeypatch.setattr(side, "products", lambda: iter(left))
    read_shop(side.connection, side)
    assert [kept.sku for kept in StockCache.objects.all()] == ["PHONE-A"]


def buy(side, *lines):
    """Somebody buys; what takes the order in."""
    bought = side.stand_in.sell(*lines)
    read = READERS[side.connection.platform]
    return lambda: take(side.connection, read(bought))


def test_a_sale_between_reading_and_writing_is_not_overwritten(side):
    decisions = planned(side)
    seen, _, _ = of(decisions, "SPEAKER-L")
    pull = buy(side, ("SPEAKER-L", 2))
    assert push_all(side, decisions=decisions, catch_up=pull)[1] == 0
    assert shown(side, "SPEAKER-L") == [7]
    told = [("stale", seen, 9), ("order", 0, 2), ("write", seen - 2, 7)]
    assert events("SPEAKER-L", side) == told


def test_a_cell_that_never_rests_is_left_to_the_next_run(side):
    decisions = planned(side)
    counts = iter(range(50, 60))

    def sell_again():
        side.stand_in.set_stock("TABLET-10", next(counts))

    sell_again()
    assert push_all(side, decisions=decisions, catch_up=sell_again)[1] == 1
    assert [kind for kind, *_ in events("TABLET-10", side)] == ["stale"] * 3
    assert push_all(side) == (1, 0)
    assert shown(side, "TABLET-10") == [12]


def test_what_is_refused_is_noted_and_stops_no_other(shopify_side, shopify):
    decisions = planned(shopify_side)
    by_sku = {variant.sku: variant for variant in shopify.store.variants.values()}
    by_sku["PHONE-A"].levels = {WAREHOUSE: Level(1)}
    written, errors = push_all(shopify_side, decisions=decisions)
    assert (written, errors) == (sum(each.differs for each in decisions) - 1, 1)
    assert events("PHONE-A", shopify_side) == [("refused", 18, 20)]
    assert cell(shopify_side, "PHONE-A").acknowledged_at is None


@pytest.mark.parametrize("kind", ["500", "html", "429", "drop", "drop after"])
def test_whatever_goes_wrong_the_next_run_is_right(side, monkeypatch, kind):
    monkeypatch.setattr(budget, "close", lambda connection, seconds: None)
    decisions = planned(side)
    side.stand_in.fail(kind, match="POST", count=9)
    with pytest.raises(wire.CallFailed):
        push_all(side, decisions=decisions)
    tablet = of(decisions, "TABLET-10")[:2]
    assert ("unanswered", *tablet) in events("TABLET-10")
    assert (cell(side, "TABLET-10").written, cell(side, "TABLET-10").acknowledged_at) == (12, None)
    side.stand_in.heal()
    push_all(side)
    assert not [each for each in planned(side) if each.differs]


def test_what_was_written_before_a_shop_failed_is_counted(side, monkeypatch):
    decisions, real, figures = planned(side), side.write_stock, Figures()

    def write_stock(writes):
        yield from real(writes[:2])
        raise wire.Unreachable

    monkeypatch.setattr(side, "write_stock", write_stock)
    with pytest.raises(wire.Unreachable):
        push(side.connection, side, decisions, figures, catch_up=lambda: None)
    kinds = Counter(TraceEvent.objects.filter(connection=side.connection).values_list("kind", flat=True))
    differing = sum(each.differs for each in decisions)
    assert (figures.written, kinds) == (2, {"write": 2, "unanswered": differing - 2})


def test_a_pause_stops_it_at_the_next_batch(side, monkeypatch):
    decisions = planned(side)
    real, batches = side.write_stock, []

    def write_stock(writes):
        for write in writes:
            Connection.objects.update(status="paused")
            batches.append(write)
            yield from real([write])

    monkeypatch.setattr(side, "write_stock", write_stock)
    assert push_all(side, decisions=decisions) == (1, 0)
    assert push_all(side, decisions=decisions) == (0, 0)
    assert len(batches) == 1


# Prices


@pytest.fixture
def priced(side):
    """Whose prices are the ERP's, but for that of a phone."""
    ErpItem.objects.filter(sku="PHONE-A").update(price=199_999)
    side.connection.price_sync = True
    return side


def prices(side, sku):
    return side.stand_in.state()["prices"][sku]


def test_prices_are_written_where_that_is_wanted(priced):
    priced.connection.price_sync = False
    push_all(priced, decisions=[])
    assert prices(priced, "PHONE-A") == "250000.00"
    priced.connection.price_sync = True
    assert push_all(priced, decisions=[]) == (1, 0)
    assert prices(priced, "PHONE-A") == "199999.00"
    assert push_all(priced, decisions=[]) == (0, 0)
    assert SkuMapping.objects.get(sku="PHONE-A").price == 199_999


def test_a_price_that_was_changed_in_the_shop_is_set_right_once_it_is_read(priced):
    push_all(priced, decisions=[])
    SkuMapping.objects.filter(sku="PHONE-B").update(price=1)
    assert push_all(priced, decisions=[]) == (1, 0)
    read_shop(priced.connection, priced)
    assert push_all(priced, decisions=[]) == (0, 0)


@pytest.mark.parametrize("price", [None, 0])
def test_without_a_price_in_the_erp_the_shop_s_stays(priced, price):
    ErpItem.objects.filter(sku="PHONE-A").update(price=price)
    assert push_all(priced, decisions=[]) == (0, 0)


def test_prices_in_another_currency_are_not_written(priced):
    ErpConfig.objects.update(currency="USD")
    assert push_all(priced, decisions=[]) == (0, 0)
    assert prices(priced, "PHONE-A") == "250000.00"


# Many


def test_many_changed_items_take_few_calls(prokip, shopify, request, django_assert_max_num_queries):
    shopify.store.fill(generated(MANY))
    prokip.control("POST", "reset", {"items": MANY})
    side = request.getfixturevalue("shopify_side")
    calls = len(shopify.calls())
    with django_assert_max_num_queries(MANY // 5):
        assert push_all(side) == (MANY, 0)
    writes = MANY // 250
    assert len(shopify.calls()) - calls <= writes + 12
    assert len(prokip.calls()) == MANY // 500
    calls = len(shopify.calls())
    with django_assert_max_num_queries(60):
        assert push_all(side) == (0, 0)
    assert len(shopify.calls()) - calls <= 12
    assert side.meter.throttled == 0
