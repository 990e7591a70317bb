"""Shopify's recorded orders, each with the values that were worked out for it, and what else an order may say."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storesync.sales.reading import Unreadable, read_shopify
from storesync.tests.bodies import codes, recorded


def order_of(name):
    return read_shopify(recorded(f"shopify/{name}"))


def amounts(order):
    return {name: getattr(order, name) for name in ("discount", "shipping", "extra", "tax", "total", "refunded")}


def worth(**given):
    nothing = dict.fromkeys(("discount", "shipping", "extra", "tax", "total", "refunded"), Decimal(0))
    return nothing | {name: Decimal(value) for name, value in given.items()}


def rows(order):
    return [(line.sku, line.quantity, line.amount, line.tax, line.refunded, line.restocked) for line in order.lines]


def changed(name="orders-create-taxes-included-aud", /, **fields):
    """A recorded order, read with some fields replaced."""
    return read_shopify({**recorded(f"shopify/{name}"), **fields})


def with_line(**fields):
    """The order of two 82804GM, read with its line changed."""
    payload = recorded("shopify/orders-create-taxes-included-aud")
    payload["line_items"][0].update(fields)
    return read_shopify(payload)


def test_a_buyer_paid_in_another_currency():
    order = order_of("orders-create-paid-presentment-usd")
    assert (order.id, order.number, order.currency) == ("2998548365461", "#1029", "AUD")
    assert (order.paid, order.cancelled, order.test) == (True, False, True)
    assert rows(order) == [("", 1, Decimal("50.18"), Decimal("4.56"), 0, 0)]  # 45.62 and its tax
    assert amounts(order) == worth(shipping="10.15", tax="4.56", total="60.33")
    assert codes(order) == ["sku_missing"]


def test_a_tax_that_is_in_the_prices_is_not_added():
    order = order_of("orders-create-taxes-included-aud")
    assert rows(order) == [("82804GM", 2, Decimal("90.16"), Decimal("8.20"), 0, 0)]
    assert order.lines[0].unit_price == Decimal("45.08")
    assert (order.lines[0].item_id, order.lines[0].variant_id) == ("9378819014968", "48737066975544")
    assert amounts(order) == worth(tax="8.20", total="90.16")
    assert (order.paid, order.cancelled, order.test, codes(order)) == (True, False, False, [])
    assert order.created.isoformat() == "2026-02-04T15:25:51+11:00"
    assert order.version == datetime(2026, 2, 4, 4, 25, 53, tzinfo=UTC)


def test_the_test_button_sells_nothing_and_its_rounded_ids_are_not_believed():
    order = order_of("orders-create-test-button")
    assert order.id == "820982911946154508"
    assert [line.id for line in order.lines] == ["866550311766439020", "141249953214522974"]
    assert (order.paid, order.cancelled, order.test) == (False, True, True)
    assert [row[:3] for row in rows(order)] == [("IPOD2008PINK", 1, Decimal("199.00"))] * 2
    assert amounts(order) == worth(discount="20.00", shipping="10.00", total="388.00")


def test_a_refund_of_lines_is_worth_what_was_given_back():
    order = read_shopify(recorded("shopify/orders-list-partial-refund")["orders"][0])
    assert rows(order) == [
        ("IPOD2008GREEN", 1, Decimal("199.64"), Decimal("3.98"), 1, 1),
        ("IPOD2008RED", 1, Decimal("199.65"), Decimal("3.98"), 0, 0),
        ("IPOD2008BLACK", 1, Decimal("199.65"), Decimal("3.98"), 1, 1),
    ]
    assert amounts(order) == worth(tax="11.94", total="598.94", refunded="209.00")
    left = sum(line.unit_price * (line.quantity - line.refunded) for line in order.lines)
    assert left == Decimal("199.65")
    assert (order.paid, order.cancelled, codes(order)) == (True, False, [])


def test_money_back_without_lines_takes_nothing_back():
    order = order_of("orders-updated-refund-money-only")
    assert rows(order) == [("", 1, Decimal("5.85"), Decimal("0.85"), 0, 0)]
    assert amounts(order) == worth(tax="0.85", total="5.85", refunded="2.92")
    assert order.total - order.refunded == Decimal("2.93")
    assert (order.paid, codes(order)) == (True, ["sku_missing"])


def test_a_cancelled_order_and_a_price_that_a_script_took_off():
    order = order_of("orders-cancelled-full-refund")
    assert rows(order) == [
        ("", 1, Decimal("0.00"), Decimal(0), 1, 1),  # 10,000.00 less 10,000.00
        ("LQDS-NKD-0765-60ML-3MG", 2, Decimal("39.98"), Decimal(0), 2, 2),
        ("NSRN-RT-2507-$0.98", 1, Decimal("0.98"), Decimal(0), 1, 1),
    ]
    assert amounts(order) == worth(shipping="9.98", total="50.94", refunded="50.94")
    assert (order.paid, order.cancelled, codes(order)) == (False, True, ["sku_missing"])


@pytest.mark.parametrize(
    ("status", "paid"),
    [
        ("paid", True),
        ("partially_refunded", True),
        ("pending", False),
        ("authorized", False),
        ("partially_paid", False),
        ("refunded", False),
        ("voided", False),
        (None, False),
        (["paid"], False),
    ],
)
def test_what_is_paid(status, paid):
    assert changed(financial_status=status).paid is paid


@pytest.mark.parametrize(
    ("kind", "refund", "restocked"),
    [
        ("return", {}, 1),
        ("cancel", {}, 1),
        ("legacy_restock", {}, 1),
        ("no_restock", {"restock": True}, 0),
        (["return"], {}, 0),
        (None, {"restock": False}, 0),
        (None, {"restock": True}, 1),
    ],
)
def test_stock_comes_back_only_where_the_refund_says_so(kind, refund, restocked):
    line = {"line_item_id": 18158998257976, "quantity": 1, "restock_type": kind}
    order = changed(refunds=[{**refund, "refund_line_items": [line]}])
    assert [(line.refunded, line.restocked) for line in order.lines] == [(1, restocked)]


def test_refunds_add_up_and_never_exceed_what_was_ordered():
    by_number = {"line_item_id": 18158998257976, "quantity": 1, "restock_type": "return"}
    by_name = {**by_number, "line_item": {"admin_graphql_api_id": "gid://shopify/LineItem/18158998257976"}}
    refunds = [{"refund_line_items": [each]} for each in (by_number, by_name)]
    assert changed(refunds=refunds).lines[0].refunded == 2
    assert changed(refunds=refunds * 5).lines[0].refunded == 2


def test_a_rounded_number_still_finds_its_line():
    line = {"line_item_id": 866550311766439000, "quantity": 1, "restock_type": "return"}
    order = changed("orders-create-test-button", refunds=[{"refund_line_items": [line]}])
    assert (order.lines[0].id, order.lines[0].refunded) == ("866550311766439020", 1)


def test_a_refund_of_a_line_that_is_not_there_is_told():
    order = changed(refunds=[{"refund_line_items": [{"line_item_id": 1, "quantity": 1, "restock_type": "return"}]}])
    assert codes(order) == ["refunds"]


def test_only_refunds_that_succeeded_gave_money_back():
    payments = [
        {"kind": "refund", "status": "success", "amount": "10.00"},
        {"kind": "refund", "status": "pending", "amount": "20.00"},
        {"kind": "refund", "status": "failure", "amount": "30.00"},
        {"kind": "void", "status": "success", "amount": "40.00"},
    ]
    assert changed(refunds=[{"transactions": payments}]).refunded == Decimal("10.00")


def test_what_is_refunded_is_given_back_whole_whatever_the_currency_of_the_buyer():
    payments = [{"kind": "refund", "status": "success", "amount": "1.00"}]
    order = changed(financial_status="refunded", refunds=[{"transactions": payments}])
    assert (order.paid, order.refunded) == (False, order.total)


def test_tips_duties_and_fees_belong_to_no_line():
    money = {"shop_money": {"amount": "3.00", "currency_code": "AUD"}}
    parts = {"total_tip_received": "5.00", "original_total_additional_fees_set": money}
    order = changed(**parts, original_total_duties_set=money, total_price="101.16")
    assert (order.extra, codes(order)) == (Decimal("11.00"), [])
    order = changed(**parts, original_total_duties_set=money, duties_included=True, total_price="98.16")
    assert (order.extra, codes(order)) == (Decimal("8.00"), [])


def test_shipping_is_after_its_discounts_and_with_its_tax():
    shipping = {"price": "20.00", "discount_allocations": [{"amount": "5.00"}], "tax_lines": [{"price": "1.50"}]}
    removed = {"price": "99.00", "is_removed": True}
    order = changed(shipping_lines=[shipping, removed], total_discounts="5.00", total_price="105.16")
    assert (order.shipping, order.discount, codes(order)) == (Decimal("15.00"), Decimal(0), [])
    on_top = changed(shipping_lines=[shipping], taxes_included=False, total_discounts="5.00", total_price="114.86")
    assert (on_top.shipping, codes(on_top)) == (Decimal("16.50"), [])


def test_the_shops_time_is_told_to_moments_in_utc():
    payload = {**recorded("shopify/orders-create-taxes-included-aud"), "created_at": "2026-02-04T04:25:51Z"}
    order = read_shopify(payload, zone=ZoneInfo("Australia/Sydney"))
    assert order.created.isoformat() == "2026-02-04T15:25:51+11:00"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"total_price": "91.00"}, "sum"),
        ({"total_price": "-90.16"}, "amount"),
        ({"total_price": "1e2"}, "amount"),
        ({"total_price": None}, "amount"),
        ({"total_price": "NaN"}, "amount"),
        ({"currency": "aud"}, "currency"),
        ({"currency": None}, "currency"),
        ({"created_at": "2021-1008T13:54:36"}, "created"),
        ({"created_at": "9999-12-31T23:59:59-14:00"}, "created"),
        ({"line_items": []}, "lines"),
        ({"line_items": None}, "lines"),
        ({"line_items": [7]}, "lines"),
    ],
)
def test_what_is_wrong_with_an_order_is_told(fields, code):
    assert code in codes(changed(**fields))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"sku": ""}, "sku_missing"),
        ({"sku": "  "}, "sku_missing"),
        ({"sku": None}, "sku_missing"),
        ({"sku": 82804}, "sku_unreadable"),
        ({"sku": "A" * 256}, "sku_unreadable"),
        ({"sku": "A\ud83d"}, "sku_unreadable"),
        ({"sku": "A\0"}, "sku_unreadable"),
        ({"quantity": 10**20}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": Decimal("1.5")}, "quantity"),
        ({"quantity": True}, "quantity"),
        ({"price": "-45.08"}, "amount"),
        ({"price": 45.08}, "amount"),
        ({"discount_allocations": [{"amount": "90.17"}]}, "amount"),
        ({"id": "x", "admin_graphql_api_id": None}, "lines"),
    ],
)
def test_what_is_wrong_with_a_line_is_told(fields, code):
    assert code in codes(with_line(**fields))


@pytest.mark.parametrize("sku", ["👟-42", " A ", "ä", "a\u0308", "A/B\\C", "'; DROP TABLE", "0042", "A" * 255])
def test_an_sku_is_read_to_the_letter(sku):
    order = with_line(sku=sku)
    assert (order.lines[0].sku, codes(order)) == (sku, [])


def test_a_gift_card_and_the_parts_of_a_bundle_are_lines_like_others():
    assert codes(with_line(gift_card=True, sales_line_item_group_id=7)) == []


def test_an_order_of_more_than_a_thousand_lines_is_not_read():
    line = recorded("shopify/orders-create-taxes-included-aud")["line_items"][0]
    order = changed(line_items=[line] * 1001)
    assert (order.lines, codes(order)[0]) == ((), "lines")


def test_half_of_the_lines_are_none():
    line = recorded("shopify/orders-create-taxes-included-aud")["line_items"][0]
    assert changed(line_items=[line, 7]).lines == ()


def test_a_line_of_an_old_version_says_its_discount_itself():
    order = with_line(discount_allocations=None, total_discount="90.16")
    assert order.lines[0].amount == 0


def test_lines_have_ids_of_their_own():
    line = recorded("shopify/orders-create-taxes-included-aud")["line_items"][0]
    assert codes(changed(line_items=[line] * 2, total_price="180.32")) == ["lines"]


def test_names_are_cut_and_made_fit_for_a_database():
    order = with_line(name="x" * 300)
    assert order.lines[0].name == "x" * 255
    assert changed(name="1" * 300).number == "1" * 100
    assert with_line(name="a\ud83d").lines[0].name == "a\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    "payload", [None, [], "order", 7, {}, {"id": None}, {"id": "0x1"}, {"id": 1.5}, {"id": 10**20}]
)
def test_what_is_no_order_is_refused(payload):
    with pytest.raises(Unreadable):
        read_shopify(payload)
