"""A Shopify shop through its connector, at the stand-in: what is read, what is written, in how many calls."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from storesync import wire
from storesync.connectors.base import Hook, ItemRef, NewItem, PriceWrite, StockWrite
from storesync.connectors.shopify import graphql, orders, selling
from storesync.mock.shopify import graphql as mock_graphql
from storesync.mock.shopify.shapes import MAIN
from storesync.models import CallBudget
from storesync.tests.shops import shopify_credentials

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
HOOK = "https://hub.example.com/sync-hub/connections/webhook/shopify"


@pytest.fixture
def items(shopify_shop):
    """By SKU; of one that stands twice, the last."""
    return {item.sku: item for item in shopify_shop.products()}


def levels(shop, *items):
    return {level.ref.key: level.quantity for level in shop.stock([item.ref for item in items])}


def write(item, was, quantity, location=str(MAIN)):
    return StockWrite(item.ref, location, was, quantity)


def test_a_check_tells_who_it_is(shopify_shop):
    shop = shopify_shop.check()
    assert (shop.currency, [each.name for each in shop.locations]) == ("NGN", ["Shop", "Warehouse"])
    assert shopify_shop.meter.calls == 1


def test_products_are_told_with_what_they_are_called(items):
    phone, shirt = items["PHONE-A"], items["SHIRT-M"]
    assert (phone.name, phone.price, phone.is_tracked) == ("Phone A 128 GB", Decimal("250000.00"), True)
    assert shirt.name == "Work shirt - M"
    assert shirt.ref.item_id == items["SHIRT-S"].ref.item_id
    assert not items["SETUP"].is_tracked
    assert all(part.isdigit() for part in (phone.ref.item_id, phone.ref.variant_id, phone.ref.inventory_id))


def test_stock_is_told_at_the_location_that_gets_it(shopify_shop, items):
    found = levels(shopify_shop, items["PHONE-A"], items["SETUP"])
    assert found == {items["PHONE-A"].ref.key: 18, items["SETUP"].ref.key: None}
    shopify_shop.connection.locations = [MAIN, 61002]
    del shopify_shop.locations
    told = list(shopify_shop.stock([items["PHONE-A"].ref]))
    assert [(level.location, level.quantity) for level in told] == [(str(MAIN), 18), ("61002", None)]


def test_an_item_that_is_gone_has_no_level(shopify_shop):
    assert not list(shopify_shop.stock([ItemRef("1", "2", "3")]))


def test_stock_is_written_where_it_is_what_it_was(shopify_shop, shopify, items):
    phone, watch = items["PHONE-A"], items["WATCH-1"]
    [outcome] = shopify_shop.write_stock([write(phone, 17, 20), write(watch, 25, 30)])
    assert (outcome.done, outcome.stale) == ((write(watch, 25, 30),), (write(phone, 17, 20),))
    stock = shopify.state()["stock"]
    assert (stock["PHONE-A"], stock["WATCH-1"]) == (18, 30)


def test_what_cannot_be_written_is_named_and_the_rest_is_written(shopify_shop, shopify, items):
    phone, watch = items["PHONE-A"], items["WATCH-1"]
    gone = StockWrite(ItemRef("1", "2", "3"), str(MAIN), 0, 1)
    elsewhere = write(phone, 0, 1, location="61002")
    [outcome] = shopify_shop.write_stock([gone, write(watch, 25, 30), elsewhere])
    assert outcome.done == (write(watch, 25, 30),)
    assert [each for each, _ in outcome.refused] == [gone, elsewhere]
    assert "not stocked" in outcome.refused[1][1]
    assert shopify.state()["stock"]["WATCH-1"] == 30


def test_a_sale_between_reading_and_writing_is_not_written_over(shopify_shop, shopify, items):
    camera = items["CAM-4K"]
    was = levels(shopify_shop, camera)[camera.ref.key]
    shopify.sell("CAM-4K")
    [outcome] = shopify_shop.write_stock([write(camera, was, 3)])
    assert (outcome.stale, shopify.state()["stock"]["CAM-4K"]) == ((write(camera, was, 3),), 2)
    [outcome] = shopify_shop.write_stock([write(camera, levels(shopify_shop, camera)[camera.ref.key], 1)])
    assert (len(outcome.done), shopify.state()["stock"]["CAM-4K"]) == (1, 1)


def test_a_lost_answer_to_a_write_is_asked_for_again(shopify_shop, shopify, items):
    shopify.fail("drop after", count=1, match="graphql")
    [outcome] = shopify_shop.write_stock([write(items["WATCH-1"], 25, 30)])
    assert (len(outcome.done), shopify.state()["stock"]["WATCH-1"]) == (1, 30)


def test_prices_are_written_by_product(shopify_shop, shopify, items):
    prices = [PriceWrite(items[sku].ref, Decimal("99.5")) for sku in ("SHIRT-S", "SHIRT-M", "WATCH-1")]
    wrong = PriceWrite(ItemRef(items["SHIRT-S"].ref.item_id, "5", "6"), Decimal(1))
    outcomes = list(shopify_shop.write_prices([*prices, wrong]))
    assert [outcome.done for outcome in outcomes] == [tuple(prices[:2]), (prices[2],)]
    assert outcomes[0].refused == ((wrong, "Product variant does not exist"),)
    told = shopify.state()["prices"]
    assert (told["SHIRT-S"], told["SHIRT-M"], told["WATCH-1"], told["SHIRT-L"]) == (
        "99.50",
        "99.50",
        "99.50",
        "15500.00",
    )


def test_a_product_is_created_with_its_stock(shopify_shop, shopify):
    new, nameless = NewItem("NEW/1", "New one", Decimal("12.5"), 4), NewItem("NEW/2", "", Decimal(1), 1)
    outcomes = list(shopify_shop.create([new, nameless]))
    assert (outcomes[0].done, outcomes[1].refused) == ((new,), ((nameless, "Title can't be blank"),))
    made = {item.sku: item for item in shopify_shop.products()}["NEW/1"]
    assert (made.name, made.price, made.is_tracked) == ("New one", Decimal("12.50"), True)
    assert shopify.state()["stock"]["NEW/1"] == 4


def test_hooks_are_made_listed_and_removed(shopify_shop):
    made = [shopify_shop.add_hook(topic, HOOK) for topic in shopify_shop.topics]
    assert sorted(made, key=lambda hook: hook.id) == sorted(shopify_shop.hooks(), key=lambda hook: hook.id)
    assert made[0] == Hook(made[0].id, "orders/create", HOOK, True)
    for _ in range(2):
        shopify_shop.remove_hook(made[0].id)
    assert len(shopify_shop.hooks()) == len(made) - 1


def test_a_hook_that_is_there_already_is_refused_with_the_reason(shopify_shop):
    shopify_shop.add_hook("orders/create", HOOK)
    with pytest.raises(wire.Rejected, match="already been taken"):
        shopify_shop.add_hook("orders/create", HOOK)


# Orders


def pulled(shop, moment=LONG_AGO):
    return list(shop.orders_since(moment))


def test_orders_that_changed_are_told_whole(shopify_shop, shopify):
    order = shopify.sell(("PHONE-A", 2), "WATCH-1", shipping="1500.00", discount="95.00")
    shopify.change(order, "refund", lines=[{"sku": "PHONE-A", "quantity": 1}])
    [page] = pulled(shopify_shop)
    [told] = page.orders
    assert (told.id, told.paid, told.problems) == (str(order["id"]), True, ())
    assert [(line.sku, line.quantity, line.refunded, line.restocked) for line in told.lines] == [
        ("PHONE-A", 2, 1, 1), ("WATCH-1", 1, 0, 0),
    ]  # fmt: skip
    assert told.created.utcoffset() == timedelta(hours=1)
    assert page.up_to == told.version


def test_only_what_changed_since_is_told(shopify_shop, shopify):
    shopify.sell("WATCH-1")
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert pulled(shopify_shop, later) == []


def test_few_orders_come_in_the_order_of_their_changes(shopify_shop, shopify):
    made = [str(shopify.sell("CABLE-C")["id"]) for _ in range(7)]
    pages = pulled(shopify_shop)
    assert [order.id for page in pages for order in page.orders] == made
    assert [len(page.orders) for page in pages] == [5, 2]
    assert shopify_shop.meter.calls == 3


def test_many_orders_come_by_a_bulk_query(shopify_shop, shopify):
    made = {str(shopify.sell("CABLE-C", "CABLE-C-2M")["id"]) for _ in range(101)}
    shopify.change({"id": min(made)}, "refund", lines=[{"sku": "CABLE-C", "quantity": 1}])
    pages = pulled(shopify_shop)
    told = {order.id: order for page in pages for order in page.orders}
    assert set(told) == made
    assert [len(page.orders) for page in pages] == [100, 1]
    assert [line.refunded for line in told[min(made)].lines] == [1, 0]
    assert {order.problems for order in told.values()} == {()}
    assert (pages[0].up_to, pages[1].up_to) == (None, max(order.version for order in told.values()))
    assert shopify_shop.meter.calls <= 8


def test_an_order_with_many_lines_is_told_whole(shopify_shop, shopify):
    skus = [item.sku for item in shopify_shop.products() if item.sku != "DUP-1"]
    shopify.sell(*skus)
    [page] = pulled(shopify_shop)
    assert [line.sku for line in page.orders[0].lines] == skus
    assert len(skus) > orders.LINES


def test_an_order_that_cannot_be_read_is_named(shopify_shop, shopify, monkeypatch):
    monkeypatch.setattr(orders, "REFUNDS", orders.REFUNDS.replace("first: 100", "first: 1"))
    order = shopify.sell(("PHONE-A", 2), "WATCH-1")
    shopify.change(order, "refund")
    [page] = pulled(shopify_shop)
    assert (page.orders, page.unreadable[0][0]) == ((), str(order["id"]))


# Points


@pytest.mark.parametrize(
    ("query", "rows", "cost"),
    [
        (orders.CHANGED, 1, orders.OF_CHANGED),
        (orders.NODES, orders.AT_ONCE, orders.OF_AN_ORDER * orders.AT_ONCE),
        (orders.REST_OF_LINES, 1, orders.OF_REST),
        (orders.REST_OF_SHIPPING_LINES, 1, orders.OF_REST),
        (orders.REFUNDS, 1, orders.OF_REFUNDS),
        (selling.VARIANTS, 1, selling.OF_VARIANTS),
        (selling.STOCK.format(selling.LEVEL.format(0, '"gid://shopify/Location/1"')), 100, 300),
    ],
)
def test_a_query_costs_what_is_taken_for_it_and_never_too_much(query, rows, cost):
    document = mock_graphql.read(query)
    pricing = mock_graphql.Pricing(document, {"ids": [""] * rows})
    asked = pricing.of(mock_graphql.operation_in(document, None))
    assert asked <= cost <= graphql.MOST_POINTS


def test_what_the_shop_says_of_its_bucket_is_written_down(shopify_shop):
    shopify_shop.check()
    budget = CallBudget.objects.get()
    assert (budget.most, budget.a_second) == (2000, 100)
    assert 1800 < budget.left <= 2000


def test_a_throttled_call_is_made_again_when_it_fits(shopify_shop, shopify):
    shopify_shop.check()
    bucket = next(iter(shopify.store.buckets.values()))
    bucket.left = 0
    CallBudget.objects.update(left=2000)
    assert shopify_shop.hooks() == []
    assert shopify_shop.meter.throttled == 1


def test_nobody_calls_before_the_points_are_there(shopify_shop):
    shopify_shop.check()
    CallBudget.objects.update(left=0, a_second=1)
    shopify_shop.meter.patience = 0.5
    calls = shopify_shop.meter.calls
    with pytest.raises(wire.Throttled) as put_off:
        shopify_shop.hooks()
    assert (shopify_shop.meter.calls, put_off.value.retry_after > 60) == (calls, True)


# The bad days


@pytest.mark.parametrize(
    ("fault", "error"), [("500", wire.Unreachable), ("html", wire.BadAnswer), ("drop", wire.Unreachable),
                         ("token", wire.RefusedCredentials)],
)  # fmt: skip
def test_a_bad_day_is_an_error_of_its_kind_and_one_call(shopify_shop, shopify, fault, error):
    shopify.fail(fault)
    with pytest.raises(error):
        shopify_shop.check()
    assert shopify_shop.meter.calls == 1


def test_a_429_is_waited_for(shopify_shop, shopify, monkeypatch):
    monkeypatch.setattr(wire, "WAIT", 0.05)
    shopify.fail("429", count=1)
    assert shopify_shop.check().currency == "NGN"
    assert (shopify_shop.meter.calls, shopify_shop.meter.throttled) == (2, 1)


@pytest.mark.parametrize(
    ("errors", "error"),
    [
        ([{"message": "Throttled", "extensions": {"code": "THROTTLED"}}], wire.Throttled),
        ([{"message": "no", "extensions": {"code": "ACCESS_DENIED"}}], wire.RefusedCredentials),
        ([{"message": "no", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}], wire.Unreachable),
        ([{"message": "Field 'x' doesn't exist"}], wire.Rejected),
        ({"query": "Required parameter missing"}, wire.Rejected),
        ("[API] nonsense", wire.Rejected),
        ([None, 5], wire.Rejected),
    ],
)
def test_errors_in_an_answer_of_status_200(errors, error):
    assert type(graphql.failure(errors, 1)) is error


def test_a_query_that_the_api_does_not_know_is_rejected(shopify_shop):
    with pytest.raises(wire.Rejected, match="nickname"):
        shopify_shop.api.ask("{ shop { nickname } }", cost=1)


@pytest.mark.parametrize("status", ["FAILED", "EXPIRED", "CANCELED", "RUNNING", None])
def test_a_bulk_query_that_does_not_come_to_its_end(shopify_shop, monkeypatch, status):
    monkeypatch.setattr(graphql, "POLLS", (0, 0, 0))
    monkeypatch.setattr(graphql.Api, "ask", lambda *asked, **more: {"bulkOperation": {"status": status}})
    with pytest.raises(wire.Unreachable):
        shopify_shop.api.finished("1")


# Ten thousand


@pytest.fixture
def many(shopify_shop, shopify):
    shopify.control("POST", "reset", {"items": 10_000})
    del shopify.token
    shopify_shop.connection.credentials = shopify_credentials(shopify.token)
    return list(shopify_shop.products())


def test_ten_thousand_changed_items_cost_few_calls(shopify_shop, shopify, many):
    shown = list(shopify_shop.stock([item.ref for item in many]))
    writes = [StockWrite(level.ref, level.location, level.quantity, 7) for level in shown]
    outcomes = list(shopify_shop.write_stock(writes))
    assert sum(len(outcome.done) for outcome in outcomes) == 10_000
    assert set(shopify.state()["stock"].values()) == {7}
    assert (shopify_shop.meter.calls <= 60, shopify_shop.meter.throttled) == (True, 0)


def test_ten_thousand_unchanged_items_cost_fewer(shopify_shop, many):
    shopify_shop.meter.calls = 0
    assert len(list(shopify_shop.stock([item.ref for item in many]))) == 10_000
    assert shopify_shop.meter.calls <= 20
