"""WooCommerce's recorded orders, each with the values that were worked out for it, and what else an order may say."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storesync.sales.reading import Unreadable, read_woocommerce, resource_of
from storesync.tests.bodies import codes, recorded


def order_of(name, **more):
    return read_woocommerce(recorded(f"woocommerce/{name}"), **more)


def changed(**fields):
    """The order of one line, 499.00 and shipping 112.00, read with some fields replaced."""
    return read_woocommerce({**recorded("woocommerce/order-702-gst.raw"), **fields})


def rows(order):
    return [(line.sku, line.quantity, line.amount) for line in order.lines]


def test_four_refunds():
    order = order_of("order-560-four-refunds", refunds=recorded("woocommerce/order-560-refunds"))
    net = {line.id: line.quantity - line.refunded for line in order.lines}
    assert net == {"58": 3, "59": 9, "60": 1, "61": 3, "62": 2, "63": 3, "64": 0, "65": 4}
    assert {line.id: line.restocked for line in order.lines if line.restocked} == {
        "59": 1, "60": 1, "63": 1, "64": 2, "65": 3,
    }  # fmt: skip
    assert (order.total, order.shipping, order.refunded) == (Decimal("1198.50"), Decimal("290.40"), Decimal("225.00"))
    assert order.total - order.refunded == Decimal("973.50")
    assert (order.paid, order.cancelled, order.refunds_unread, codes(order)) == (True, False, False, [])
    assert order.lines[5].variant_id == "71"
    assert order.version == datetime(2019, 10, 1, 19, 31, 19, tzinfo=UTC)


def test_an_order_alone_says_how_much_went_back_and_not_of_what():
    order = order_of("order-560-four-refunds")
    assert (order.refunded, order.refunds_unread) == (Decimal("225.00"), True)
    assert {line.refunded for line in order.lines} == {0}


def test_coupons_are_in_the_lines():
    order = order_of("order-786-two-coupons")
    assert rows(order) == [("", 1, Decimal("0.00")), ("LE272-A8", 1, Decimal("0.00"))]
    assert (order.id, order.number, order.paid) == ("786", "56AQ", True)
    assert (order.discount, order.shipping, order.total) == (Decimal(0), Decimal("7.59"), Decimal("7.59"))
    assert (order.version, codes(order)) == (None, ["sku_missing"])
    assert order.created == datetime(2018, 2, 8, 22, 39, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("total", "tax", "problems"),
    [
        ("611", "53", []),
        ("612", "53", []),
        ("614", "53", ["sum"]),
        ("612.00", "53.00", ["sum"]),
        ("611.1", "53", []),
        ("611.5", "53", ["sum"]),
    ],
)
def test_a_shop_whose_prices_have_no_places_rounds_to_whole_ones(total, tax, problems):
    """446 and 53, 100 and 12 come to 611; a shop that rounds each of them may be off by one for each."""
    line = {**recorded("woocommerce/order-702-gst.raw")["line_items"][0], "total": "446", "total_tax": tax}
    shipping = {"shipping_total": "100", "shipping_tax": "12"}
    assert codes(changed(total=total, line_items=[line], **shipping)) == problems


def test_a_cancelled_order():
    order = order_of("order-69-cancelled")
    assert (order.id, order.number, order.currency) == ("69", "66", "GBP")
    assert (order.paid, order.cancelled, order.total) == (False, True, Decimal("90.00"))
    assert rows(order) == [("", 1, Decimal(21)), ("", 1, Decimal(51)), ("", 1, Decimal(18))]


def test_line_totals_are_without_tax_whatever_the_prices_are():
    order = order_of("order-702-gst.raw")
    assert [(line.sku, line.amount, line.tax, line.unit_price) for line in order.lines] == [
        ("PT-0001", Decimal("499.00"), Decimal("53.46"), Decimal("499.00"))
    ]
    assert (order.shipping, order.tax, order.total) == (Decimal("112.00"), Decimal("65.46"), Decimal("611.00"))
    assert (order.currency, order.paid, codes(order)) == ("INR", True, [])


def test_a_sum_that_does_not_add_up_and_a_mangled_date():
    order = order_of("order-12345-escapes.raw")
    assert (order.number, order.currency, order.total) == ("12345-xxx", "EUR", Decimal("30.04"))
    assert rows(order) == [("c00000003660", 1, Decimal("32.50"))]
    assert (order.version, codes(order)) == (None, ["sum"])
    assert order.created.isoformat() == "2021-09-17T13:25:08+01:00"


@pytest.mark.parametrize(
    ("status", "paid", "cancelled"),
    [
        ("processing", True, False),
        ("completed", True, False),
        ("pending", False, False),
        ("on-hold", False, False),
        ("checkout-draft", False, False),
        ("cancelled", False, True),
        ("refunded", False, True),
        ("failed", False, True),
        ("trash", False, True),
        ({"a": 1}, False, False),
    ],
)
def test_what_a_status_means(status, paid, cancelled):
    order = changed(status=status)
    assert (order.paid, order.cancelled) == (paid, cancelled)


def test_a_deleted_order_is_its_id():
    order = read_woocommerce({"id": 702}, deleted=True)
    assert (order.id, order.cancelled, order.paid) == ("702", True, False)


def test_fees_are_extra_and_fees_below_zero_a_discount():
    fees = [{"total": "5.00", "total_tax": "0.60"}, {"total": "-10.00", "total_tax": "-1.20"}]
    order = changed(fee_lines=fees, total="605.40")
    assert (order.extra, order.discount, codes(order)) == (Decimal("5.60"), Decimal("11.20"), [])


def test_cents_of_rounding_are_no_difference():
    assert codes(changed(total="611.02")) == []
    assert codes(changed(total="611.03")) == ["sum"]


@pytest.mark.parametrize(
    ("fields", "created"),
    [
        ({"date_created": "2018-04-07T17:40:02"}, "2018-04-07T17:40:02+05:30"),
        ({"date_created": None}, "2018-04-07T17:40:02+05:30"),
        ({"date_created": "2018-04-07T17:40:02", "date_created_gmt": None}, "2018-04-07T17:40:02+05:30"),
        ({"date_created": "2020-01-01T00:00:00"}, "2018-04-07T17:40:02+05:30"),
    ],
)
def test_the_shops_own_time(fields, created):
    payload = {**recorded("woocommerce/order-702-gst.raw"), **fields}
    assert read_woocommerce(payload, zone=ZoneInfo("Asia/Kolkata")).created.isoformat() == created


@pytest.mark.parametrize(
    ("line", "back", "problems"),
    [
        ({"quantity": -1, "meta_data": [{"key": "_refunded_item_id", "value": "266"}]}, 1, []),
        ({"quantity": -9, "meta_data": [{"key": "_refunded_item_id", "value": 266}]}, 1, []),
        ({"quantity": 0, "meta_data": [{"key": "_refunded_item_id", "value": "266"}]}, 0, []),
        ({"quantity": 0}, 0, []),
        (
            {
                "quantity": -1,
                "meta_data": [{"key": "size", "value": "7"}, {"key": "_refunded_item_id", "value": "266"}],
            },
            1,
            [],
        ),
        ({"quantity": -1, "id": 266, "meta_data": []}, 0, ["refunds"]),
        ({"quantity": -1, "meta_data": [{"key": "_refunded_item_id", "value": "7"}]}, 0, ["refunds"]),
        ({"quantity": "?", "meta_data": [{"key": "_refunded_item_id", "value": "266"}]}, 0, ["refunds"]),
    ],
)
def test_a_refunds_line_names_the_orders_line_in_its_meta(line, back, problems):
    payload = recorded("woocommerce/order-702-gst.raw")
    order = read_woocommerce(payload, refunds=[{"amount": "1.00", "line_items": [line]}])
    assert ([line.refunded for line in order.lines], codes(order)) == ([back], problems)


def test_a_line_below_zero_is_told():
    line = recorded("woocommerce/order-702-gst.raw")["line_items"][0]
    assert "amount" in codes(changed(line_items=[{**line, "total": "-445.54", "total_tax": "0"}]))


def test_the_order_in_a_webhooks_body():
    bare = {"id": 7, "resource": "order"}
    assert resource_of(bare) is bare
    assert resource_of({"topic": "order.created", "resource": bare}) is bare
    assert resource_of([bare]) == [bare]


@pytest.mark.parametrize("payload", [None, [], {}, {"id": "56AQ"}, {"id": -1}, {"id": True}])
def test_what_is_no_order_is_refused(payload):
    with pytest.raises(Unreadable):
        read_woocommerce(payload)
