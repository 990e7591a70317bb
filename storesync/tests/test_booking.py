"""What Prokip is told: it adds a sale up to exactly what was paid, and a return is the sum so far."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import ZERO
from storesync.sales.booking import (
    Books,
    CannotBook,
    ReturnedLine,
    difference,
    invoice_number,
    obstacles,
    return_of,
    returned_so_far,
    sale_of,
    total_of,
)
from storesync.sales.reading import Line, Order, read_shopify, read_woocommerce
from storesync.tests.bodies import recorded

AUD = Books(location_id=1, contact_id=4, currency="AUD")


def robe_hooks():
    return read_shopify(recorded("shopify/orders-create-taxes-included-aud"))


def sale(order, books=AUD, **products):
    return sale_of(order, products=products, books=books, invoice_no=invoice_number(order.platform, order.id))


def test_a_sale():
    assert sale(robe_hooks(), **{"82804GM": (2, 3)}) == {
        "location_id": 1,
        "contact_id": 4,
        "transaction_date": "2026-02-04 15:25:51",
        "invoice_no": "SHOPIFY-7024924328248",
        "status": "final",
        "source": "shopify",
        "discount_amount": Decimal(0),
        "discount_type": "fixed",
        "shipping_charges": Decimal(0),
        "products": [{"product_id": 2, "variation_id": 3, "quantity": 2, "unit_price": Decimal("45.08")}],
        "payments": [{"method": "cash", "amount": Decimal("90.16")}],
    }


@pytest.mark.parametrize(
    ("platform", "connection", "number"),
    [
        ("shopify", None, "SHOPIFY-7"),
        ("woocommerce", None, "WOO-7"),
        ("giggatek", None, "GIGGATEK-7"),
        ("woocommerce", 12, "WOO-7-12"),
    ],
)
def test_invoice_numbers(platform, connection, number):
    assert invoice_number(platform, "7", connection) == number


def test_taxes_are_in_prices_and_shipping():
    order = read_woocommerce(recorded("woocommerce/order-702-gst.raw"))
    told = sale(order, replace(AUD, currency="INR"), **{"PT-0001": (2, 3)})
    assert (told["products"][0]["unit_price"], told["shipping_charges"]) == (Decimal("499.00"), Decimal("112.00"))
    assert total_of(told) == Decimal("611.00")
    assert told["invoice_no"] == "WOO-702"


def test_a_price_that_cannot_be_split_is_rounded_up_and_the_rest_taken_off():
    payload = recorded("shopify/orders-create-taxes-included-aud")
    payload["line_items"][0].update(quantity=3, discount_allocations=[{"amount": "35.24"}])
    told = sale(read_shopify({**payload, "total_price": "100.00"}), **{"82804GM": (2, 3)})
    assert told["products"][0]["unit_price"] == Decimal("33.3334")
    assert (told["discount_amount"], told["shipping_charges"]) == (Decimal("0.0002"), Decimal(0))


def test_a_discount_of_the_order_stays_one():
    order = read_shopify({**recorded("shopify/orders-create-test-button"), "financial_status": "paid"})
    told = sale(order, replace(AUD, currency="USD"), IPOD2008PINK=(2, 3))
    assert (told["discount_amount"], told["shipping_charges"]) == (Decimal("20.00"), Decimal("10.00"))
    assert [row["variation_id"] for row in told["products"]] == [3, 3]
    assert total_of(told) == Decimal("388.00")


def test_a_price_that_was_taken_off_is_not_told():
    payload = recorded("shopify/orders-cancelled-full-refund")
    payload["line_items"][0]["sku"] = "EXCISE"
    skus = {line["sku"]: (1, number) for number, line in enumerate(payload["line_items"])}
    told = sale(read_shopify(payload), replace(AUD, currency="USD"), **skus)
    assert [row["unit_price"] for row in told["products"]] == [Decimal(0), Decimal("19.99"), Decimal("0.98")]
    assert (told["discount_amount"], total_of(told)) == (Decimal(0), Decimal("50.94"))


@pytest.mark.parametrize(
    ("fields", "products", "codes"),
    [
        ({}, {"82804gm": (2, 3)}, ["sku_unknown"]),
        ({}, {"82804GM ": (2, 3)}, ["sku_unknown"]),
        ({"total_price": "1.00"}, {"82804GM": (2, 3)}, ["sum"]),
        ({"currency": "NGN"}, {"82804GM": (2, 3)}, ["currency"]),
        ({"currency": None}, {"82804GM": (2, 3)}, ["currency"]),
        ({"created_at": None}, {}, ["created", "sku_unknown"]),
    ],
)
def test_what_holds_an_order_back(fields, products, codes):
    order = read_shopify({**recorded("shopify/orders-create-taxes-included-aud"), **fields})
    assert [problem.code for problem in obstacles(order, products, AUD)] == codes
    with pytest.raises(CannotBook) as refused:
        sale(order, **products)
    assert [problem.code for problem in refused.value.problems] == codes


def test_books_of_an_unknown_currency_take_any():
    assert obstacles(robe_hooks(), {"82804GM": (2, 3)}, replace(AUD, currency="")) == ()


def test_a_line_without_sku_holds_the_order_back_whole():
    payload = recorded("shopify/orders-create-taxes-included-aud")
    payload["line_items"].append({**payload["line_items"][0], "id": 1, "admin_graphql_api_id": None, "sku": ""})
    payload["total_price"] = "180.32"
    order = read_shopify(payload)
    assert [problem.code for problem in obstacles(order, {"82804GM": (2, 3)}, AUD)] == ["sku_missing"]


def test_an_unknown_sku_is_named_once():
    order = read_shopify(recorded("shopify/orders-list-partial-refund")["orders"][0])
    twice = replace(order, lines=order.lines * 2)
    assert [problem.message for problem in obstacles(twice, {}, replace(AUD, currency="USD"))] == [
        f"Prokip has no product with the SKU IPOD2008{colour}." for colour in ("GREEN", "RED", "BLACK")
    ]


@pytest.mark.parametrize(
    ("answer", "more"),
    [
        ({"final_total": "90.1600"}, "0"),
        ({"final_total": Decimal("100.00")}, "9.84"),
        ({"final_total": 90}, "-0.16"),
        ({"final_total": None}, None),
        ({}, None),
    ],
)
def test_what_prokip_adds_up_differently(answer, more):
    assert difference(sale(robe_hooks(), **{"82804GM": (2, 3)}), answer) == (more and Decimal(more))


def test_prokips_own_sale_adds_up():
    told = recorded("prokip/sell-post")["data"][0]
    ours = {
        "products": [{"quantity": line["quantity"], "unit_price": Decimal(line["unit_price_inc_tax"])}
                     for line in told["sell_lines"]],
        "discount_amount": Decimal(told["discount_amount"]),
        "shipping_charges": Decimal(told["shipping_charges"]),
    }  # fmt: skip
    assert difference(ours, told) == 0


def test_returned_is_what_is_back_in_stock_since_the_sale():
    order = read_woocommerce(
        recorded("woocommerce/order-560-four-refunds"), refunds=recorded("woocommerce/order-560-refunds")
    )
    assert returned_so_far(order) == {"58": 0, "59": 1, "60": 1, "61": 0, "62": 0, "63": 1, "64": 2, "65": 3}
    payload = recorded("shopify/orders-create-taxes-included-aud")
    refund = {"line_item_id": payload["line_items"][0]["id"], "quantity": 1, "restock_type": "no_restock"}
    kept = read_shopify({**payload, "refunds": [{"refund_line_items": [refund]}]})
    assert returned_so_far(kept) == {"18158998257976": 0}


def test_a_cancelled_order_is_all_back():
    order = read_woocommerce(recorded("woocommerce/order-69-cancelled"))
    assert returned_so_far(order) == {"2": 1, "3": 1, "4": 1}


def test_a_return():
    lines = [ReturnedLine(11, 1, Decimal("45.08")), ReturnedLine(12, 0, Decimal(1))]
    at = datetime(2026, 2, 5, 4, 0, tzinfo=UTC)
    assert return_of(robe_hooks(), sale_id=6, at=at, lines=lines) == {
        "transaction_id": 6,
        "transaction_date": "2026-02-05 15:00:00",
        "products": [{"sell_line_id": 11, "quantity": 1, "unit_price_inc_tax": Decimal("45.08")}],
        "discount_amount": 0,
        "discount_type": "fixed",
    }


cents = st.decimals(min_value=0, max_value=10**6, places=2)
goods = st.lists(st.tuples(st.integers(1, 10**6), cents), min_size=1, max_size=20)


@given(goods, cents, cents, st.integers(-20, 20))
def test_prokip_adds_up_to_what_was_paid(lines, shipping, extra, cents_off):
    """Whatever the quantities, and whatever the store rounded."""
    total = max(sum((amount for _, amount in lines), ZERO) + shipping + extra + Decimal(cents_off) / 100, ZERO)
    order = Order(
        platform="shopify", id="1", number="", version=None, created=datetime(2026, 1, 1, tzinfo=UTC), paid=True,
        cancelled=False, test=False, currency="AUD", discount=ZERO, shipping=shipping, extra=extra, tax=ZERO,
        total=total, refunded=ZERO, refunds_unread=False, problems=(),
        lines=tuple(Line("1", "", "", "A", "", quantity, amount, ZERO) for quantity, amount in lines),
    )  # fmt: skip
    told = sale(order, A=(1, 1))
    assert total_of(told) == total
    assert told["payments"] == [{"method": "cash", "amount": total}]
    assert told["discount_amount"] >= 0 <= told["shipping_charges"]
    assert all(row["unit_price"] == round(row["unit_price"], 4) for row in told["products"])
    assert [row["quantity"] for row in told["products"]] == [quantity for quantity, _ in lines]
