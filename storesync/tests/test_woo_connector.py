"""A WooCommerce shop through its connector, at the stand-in: what is read, what is written, in how many calls."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.testing.lines import answer, server
from storesync import wire
from storesync.connectors.base import Hook, ItemRef, NewItem, PriceWrite, StockWrite
from storesync.connectors.woocommerce import selling
from storesync.mock.woo.access import KEY, SECRET

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
HOOK = "https://hub.example.com/sync-hub/connections/webhook/woocommerce"


@pytest.fixture
def items(woo_shop):
    return {item.sku: item for item in woo_shop.products()}


def write(item, was, quantity):
    return StockWrite(item.ref, "", was, quantity)


def test_a_check_tells_the_currency(woo_shop):
    assert woo_shop.check().currency == "NGN"
    assert woo_shop.meter.calls == 1


def test_products_and_their_variations_are_told(items):
    phone, shirt = items["PHONE-A"], items["SHIRT-M"]
    assert (phone.name, phone.price, phone.is_tracked) == ("Phone A 128 GB", Decimal("250000.00"), True)
    assert (phone.ref.variant_id, bool(shirt.ref.variant_id)) == ("", True)
    assert shirt.name.startswith("Work shirt")
    assert shirt.ref.item_id == items["SHIRT-S"].ref.item_id
    assert (items["SETUP"].is_tracked, items["KIT-PHONE"].is_tracked) == (False, False)
    assert "" not in items  # what has variations is not sold itself


def test_a_list_without_end_ends(woo_shop, monkeypatch):
    """A shop says itself how many pages there are."""
    empty = wire.Reply([], {"x-wp-totalpages": "50000"})
    monkeypatch.setattr(woo_shop.api, "call", lambda *args, **more: empty)
    assert list(woo_shop.api.pages("orders")) == [[]]
    monkeypatch.setattr("storesync.connectors.woocommerce.api.MOST_PAGES", 3)
    monkeypatch.setattr(woo_shop.api, "call", lambda *args, **more: empty._replace(body=[{"id": 1}]))
    assert len(list(woo_shop.api.pages("orders"))) == 3


def test_stock_is_told_of_both(woo_shop, items):
    refs = [items[sku].ref for sku in ("PHONE-A", "SHIRT-M", "SETUP")]
    found = {level.ref: level.quantity for level in woo_shop.stock([*refs, ItemRef("99999")])}
    assert found == dict(zip(refs, (20, 14, None), strict=True))


def test_stock_is_written_where_it_is_what_it_was(woo_shop, woo, items):
    phone, shirt, watch = (
        write(items["PHONE-A"], 20, 5),
        write(items["SHIRT-M"], 14, 6),
        write(items["WATCH-1"], 1, 9),
    )
    outcomes = list(woo_shop.write_stock([phone, shirt, watch]))
    assert [(outcome.done, outcome.stale) for outcome in outcomes] == [((phone,), (watch,)), ((shirt,), ())]
    stock = woo.state()["stock"]
    assert (stock["PHONE-A"], stock["SHIRT-M"], stock["WATCH-1"]) == (5, 6, 30)


def test_nothing_is_written_where_nothing_is_what_it_was(woo_shop, woo, items):
    [outcome] = woo_shop.write_stock([write(items["WATCH-1"], 1, 9)])
    assert (len(outcome.stale), woo.calls("POST")) == (1, [])


def test_a_sale_right_after_the_writing_is_noticed(woo_shop, woo, items, monkeypatch):
    """Nothing can keep it from being written over, so that the item is read and decided anew."""
    real = woo_shop.api.batch

    def batch(path, **rows):
        answers = real(path, **rows)
        woo.sell("CAM-4K")
        return answers

    monkeypatch.setattr(woo_shop.api, "batch", batch)
    [outcome] = woo_shop.write_stock([write(items["CAM-4K"], 3, 2)])
    assert (outcome.done, len(outcome.stale), woo.state()["stock"]["CAM-4K"]) == ((), 1, 1)


def test_an_error_in_a_batch_is_that_of_its_row(woo_shop, woo, items, monkeypatch):
    """A product that was deleted after it was read."""
    gone = StockWrite(ItemRef("99999"), "", 3, 2)
    real = selling.levels

    def levels(api, path, refs):
        yield from real(api, path, refs)
        if gone.ref in refs:
            yield selling.Level(gone.ref, "", 3)

    monkeypatch.setattr(selling, "levels", levels)
    [outcome] = woo_shop.write_stock([write(items["WATCH-1"], 30, 9), gone])
    assert outcome.done == (write(items["WATCH-1"], 30, 9),)
    assert outcome.refused == ((gone, "Invalid ID."),)


def test_prices_are_written(woo_shop, woo, items):
    prices = [PriceWrite(items[sku].ref, Decimal("99.5")) for sku in ("PHONE-A", "SHIRT-M")]
    assert [outcome.done for outcome in woo_shop.write_prices(prices)] == [(prices[0],), (prices[1],)]
    told = woo.state()["prices"]
    assert (told["PHONE-A"], told["SHIRT-M"], told["SHIRT-L"]) == ("99.50", "99.50", "15500.00")


def test_products_are_created_with_their_stock(woo_shop, woo):
    new, known = NewItem("NEW/1", "New one", Decimal("12.5"), 4), NewItem("PHONE-A", "Again", Decimal(1), 1)
    [outcome] = woo_shop.create([new, known])
    assert (outcome.done, outcome.refused) == ((new,), ((known, "Invalid or duplicated SKU."),))
    assert woo.state()["stock"]["NEW/1"] == 4


def test_hooks_are_made_listed_and_removed(woo_shop, woo):
    made = [woo_shop.add_hook(topic, HOOK, secret="s") for topic in woo_shop.topics]
    assert woo_shop.hooks() == made
    assert made[0] == Hook(made[0].id, "order.created", HOOK, True)
    for _ in range(2):
        woo_shop.remove_hook(made[0].id)
    assert len(woo_shop.hooks()) == len(made) - 1
    woo.store.hooks[int(made[1].id)]["status"] = "disabled"
    assert [hook.is_active for hook in woo_shop.hooks()] == [False, True]


# Orders


def pulled(shop, moment=LONG_AGO):
    pages = list(shop.orders_since(moment))
    return [order for page in pages for order in page.orders], pages[-1].up_to


def test_orders_that_changed_are_told_with_their_refunds(woo_shop, woo):
    order = woo.sell(("PHONE-A", 2), "WATCH-1")
    woo.change(order, "refund", lines=[{"sku": "PHONE-A", "quantity": 1}])
    [told], up_to = pulled(woo_shop)
    assert (told.id, told.paid, told.problems, told.refunds_unread) == (str(order["id"]), True, (), False)
    assert [(line.sku, line.quantity, line.refunded) for line in told.lines] == [("PHONE-A", 2, 1), ("WATCH-1", 1, 0)]
    assert up_to == told.version
    assert len(woo_shop.refunds_of(told.id)) == 1


def test_all_pages_of_orders_are_told(woo_shop, woo):
    made = [str(woo.sell("CABLE-C")["id"]) for _ in range(101)]
    told, _ = pulled(woo_shop)
    assert [order.id for order in told] == made
    assert woo_shop.meter.calls == 3  # the bin was asked for, too


def test_only_what_changed_since_is_told(woo_shop, woo):
    order, _ = woo.sell("WATCH-1"), pulled(woo_shop)
    version = datetime.fromisoformat(order["date_modified_gmt"]).replace(tzinfo=UTC)
    assert pulled(woo_shop, version) == ([], None)


def test_an_order_that_is_gone_has_no_refunds(woo_shop):
    assert woo_shop.refunds_of("99999") == []


# How it is signed, and the bad days


@pytest.mark.parametrize("path", ["products", "orders"])
def test_over_plain_http_the_secret_does_not_travel(woo_shop, woo, settings, path, monkeypatch):
    settings.MOCK_MODE, settings.SYNC_PRIVATE_HOSTS = False, ["127.0.0.1"]
    woo_shop.connection.address = woo.base
    asked, real = [], wire.call
    monkeypatch.setattr(wire, "call", lambda *args, **more: asked.append(more) or real(*args, **more))
    list(woo_shop.api.pages(path, search="Ö ~*/+", _fields="id"))
    assert [(more["headers"], SECRET in str(more["query"])) for more in asked] == [({}, False)]


def test_over_https_the_keys_are_basic(woo_shop, settings, monkeypatch):
    settings.MOCK_MODE = False
    asked = []
    monkeypatch.setattr(wire, "call", lambda *args, **more: asked.append(more) or wire.Reply([], {}))
    list(woo_shop.api.pages("orders"))
    assert asked[0]["headers"]["Authorization"].startswith("Basic ")
    assert not [name for name in asked[0]["query"] if "oauth" in name]


@pytest.mark.parametrize(
    ("fault", "error"), [("500", wire.Unreachable), ("html", wire.BadAnswer), ("drop", wire.Unreachable),
                         ("token", wire.RefusedCredentials)],
)  # fmt: skip
def test_a_bad_day_is_an_error_of_its_kind_and_one_call(woo_shop, woo, fault, error):
    woo.fail(fault)
    with pytest.raises(error):
        woo_shop.check()
    assert woo_shop.meter.calls == 1


def test_a_429_closes_the_shop_for_all_and_is_waited_for(woo_shop, woo, monkeypatch):
    monkeypatch.setattr(wire, "LONGEST_WAIT", 1)
    woo.fail("429", count=1)
    assert woo_shop.check().currency == "NGN"
    assert (woo_shop.meter.calls, woo_shop.meter.throttled) == (2, 1)
    woo_shop.connection.budget.refresh_from_db()
    assert woo_shop.connection.budget.closed_until is not None


@pytest.mark.parametrize("body", [b"{}", b'{"update": []}', b"[]", b'{"update": [5]}'])
def test_a_batch_that_answers_something_else(woo_shop, settings, body):
    with server(lambda line: line.sendall(answer(body))) as there:
        settings.MOCK_WOO_URL = there.base
        with pytest.raises(wire.BadAnswer):
            woo_shop.api.batch("products", update=[{"id": 1}])


@pytest.mark.parametrize("body", [b"{}", b"5", b'{"settings": []}'])
def test_an_address_where_something_else_answers(woo_shop, settings, body):
    with server(lambda line: line.sendall(answer(body))) as there:
        settings.MOCK_WOO_URL = there.base
        with pytest.raises(wire.BadAnswer):
            woo_shop.check()
        with pytest.raises(wire.BadAnswer):
            woo_shop.hooks()


def test_keys_stand_in_no_reason(woo_shop, settings):
    body = f'{{"message": "No {KEY} {SECRET}"}}'.encode()
    with server(lambda line: line.sendall(answer(body, "400 No"))) as there:
        settings.MOCK_WOO_URL = there.base
        with pytest.raises(wire.Rejected, match=r"No \*\*\* \*\*\*"):
            woo_shop.check()
