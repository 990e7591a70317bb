"""Whatever a store sends: an order that can be kept and, without problems, booked; or the one refusal."""

import copy
import json
import sys
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storesync.sales.booking import Books, sale_of, total_of
from storesync.sales.reading import (
    Order,
    Unreadable,
    content_of,
    order_of,
    parse,
    read_shopify,
    read_shopify_node,
    read_woocommerce,
    resource_of,
)
from storesync.tests.bodies import recorded
from storesync.tests.recorded import FOLDER
from storesync.values import MAX_QUANTITY

LAGOS = ZoneInfo("Africa/Lagos")
SHOPIFY = [
    "orders-create-taxes-included-aud",
    "orders-create-test-button",
    "orders-updated-refund-money-only",
    "orders-cancelled-full-refund",
]
WOO = ["order-560-four-refunds", "order-786-two-coupons", "order-702-gst.raw", "order-12345-escapes.raw"]
REFUNDS = recorded("woocommerce/order-560-refunds")


def read_woo(payload, refunds=None):
    return read_woocommerce(payload, refunds=refunds, zone=LAGOS)


def read_node(payload):
    return read_shopify_node(payload, zone=LAGOS)


def readable(read, *payload):
    """What was read, held to what every order promises; None where it was refused."""
    try:
        order = read(*payload)
    except Unreadable as refused:
        assert str(refused)
        return None
    assert isinstance(order, Order)
    amounts = [order.discount, order.shipping, order.extra, order.total]
    for line in order.lines:
        assert 0 <= line.restocked <= line.refunded <= line.quantity <= MAX_QUANTITY
        amounts += [line.amount, line.unit_price]
    assert all(isinstance(amount, Decimal) and amount >= 0 for amount in amounts)
    assert order_of(json.loads(json.dumps(content_of(order), ensure_ascii=False).encode())) == order
    if not order.problems:
        assert len({line.id for line in order.lines} - {""}) == len(order.lines) > 0
        products = {line.sku: (1, 1) for line in order.lines}
        books = Books(location_id=1, contact_id=1, currency=order.currency)
        told = sale_of(order, products=products, books=books, invoice_no="X-1")
        assert total_of(told) == order.total
    return order


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(
        [10**20, -1, "-1.00", "1e5", "NaN", "\ud83d", "👟", "", " ", "2021-1008T13:54:36", "9999-12-31T23:59:59Z",
         "0001-01-01T00:00:00+14:00", "gid://shopify/Order/1", "0", "99999999999999999999"]
    )
)  # fmt: skip
junk = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


@st.composite
def damaged(draw, payloads):
    """A recorded body with up to three of its values replaced, removed or doubled."""
    payload = copy.deepcopy(draw(st.sampled_from(payloads)))
    for _ in range(draw(st.integers(1, 3))):
        inside = payload
        while True:
            keys = list(inside) if isinstance(inside, dict) else range(len(inside))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(inside[key], dict | list) and inside[key] and draw(st.booleans()):
                inside = inside[key]
                continue
            change = draw(st.sampled_from(["replace", "remove", "double"]))
            if change == "replace":
                inside[key] = draw(junk)
            elif change == "remove":
                del inside[key]
            elif isinstance(inside, list):
                inside.append(inside[key])
            break
    return as_sent(payload)


def as_sent(payload):
    """Through bytes, as everything comes."""
    return parse(json.dumps(payload, default=float).encode())


bodies_of_shopify = [recorded(f"shopify/{name}") for name in SHOPIFY]
bodies_of_shopify.append(recorded("shopify/orders-list-partial-refund")["orders"][0])
bodies_of_woo = [recorded(f"woocommerce/{name}") for name in WOO]


@given(damaged(bodies_of_shopify))
@settings(max_examples=300, deadline=None)
def test_a_damaged_order_of_shopify(payload):
    readable(read_shopify, payload)


@given(damaged(bodies_of_woo), damaged([REFUNDS]))
@settings(max_examples=300, deadline=None)
def test_a_damaged_order_of_woo(payload, refunds):
    readable(read_woo, payload)
    readable(read_woo, payload, refunds)


@given(junk)
def test_anything_at_all(payload):
    payload = as_sent(payload)
    for read in (read_shopify, read_node, read_woo):
        readable(read, payload)
    readable(read_woo, resource_of(payload))
    readable(read_woo, bodies_of_woo[0], payload)


@given(st.binary())
def test_bytes_are_json_or_refused(raw):
    try:
        parse(raw)
    except Unreadable as refused:
        assert str(refused)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/*.json")), ids=lambda path: path.stem)
def test_every_recorded_body_is_an_order_or_refused(path):
    payload = parse(path.read_bytes())
    readable(read_shopify, payload)
    readable(read_woo, payload)
    readable(read_node, payload)


def calls_of(function, *arguments):
    """How many functions it calls, those written in C included."""
    count = 0

    def counting(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counting)
    try:
        function(*arguments)
    finally:
        sys.setprofile(None)
    return count


def shopify_order(lines):
    payload = copy.deepcopy(bodies_of_shopify[0])
    row, refund = payload["line_items"][0], {"quantity": 1, "restock_type": "return"}
    payload["line_items"] = [{**row, "id": n, "admin_graphql_api_id": None} for n in range(1, lines + 1)]
    refunded = [{"refund_line_items": [{**refund, "line_item_id": n}]} for n in range(1, lines + 1)]
    return {**payload, "refunds": refunded}


def woo_order(lines):
    row = bodies_of_woo[2]["line_items"][0]
    return {**bodies_of_woo[2], "line_items": [{**row, "id": n} for n in range(1, lines + 1)]}


@pytest.mark.parametrize(("read", "make"), [(read_shopify, shopify_order), (read_woo, woo_order)])
def test_twice_the_lines_are_twice_the_work(read, make):
    assert len(read(make(800)).lines) == 800
    assert calls_of(read, make(800)) < 2.1 * calls_of(read, make(400))
