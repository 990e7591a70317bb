"""Whatever a body holds: a 4xx in the contract's shape, and nothing has changed."""

import copy
import json

import pytest

from accounts.tests.factories import AddressFactory, AdminFactory, UserFactory
from catalog.models import Product
from catalog.tests.factories import ProductFactory
from core.testing.contract import differences
from orders.models import Order, OrderStatusChange
from orders.tests import examples
from orders.tests.factories import make_order
from orders.tests.shop import client_of, intent_of, order_body
from payments.models import Payment, Refund, SandboxIntent, WebhookEvent

pytestmark = pytest.mark.django_db

WATCHED = (Order, OrderStatusChange, Payment, Refund, SandboxIntent, WebhookEvent, Product)
# Each is wrong wherever a number or a text of ours is wanted.
JUNK = [
    None, True, False, 0, -1, 1.0, 1.5, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, "", " ", "1", "one", "\x00",
    "a\x00b", "\u202e", [], [1], [[]], [None], {}, {"id": 1}, {"a": {"b": [1]}}, "x" * 5000,
]  # fmt: skip
RAW = {
    "1e400": b"1e400",
    "-1e400": b"-1e400",
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "a lone surrogate": b'"\\ud800"',
    "5000 digits": b"9" * 5000,
    "1e-400": b"1e-400",
    "-0": b"-0",
}
BODIES = {
    "a list": b"[]",
    "a list of bodies": b"[{}]",
    "a text": b'"x"',
    "a number": b"7",
    "null": b"null",
    "true": b"true",
    "half": b'{"items":',
    "two": b"{} {}",
    "invalid UTF-8": b'{"notes": "\xff\xfe"}',
    "UTF-16": '{"notes": "x"}'.encode("utf-16"),
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"items":' * 20_000 + b"1" + b"}" * 20_000,
    "a lone surrogate as key": b'{"\\udc00": 1}',
    "NUL": b"\x00",
    "NaN": b'{"items": NaN}',
    "XML": b"<order/>",
}


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def shop(user):
    """An order to act on, its customer, staff, and what stands in the tables."""
    order = make_order(user=user)
    customer = client_of(user)
    return {
        "order": order,
        "customer": customer,
        "staff": client_of(AdminFactory()),
        "intent": intent_of(customer, order),
    }


def snapshot():
    """Every watched row."""
    return {model: list(model.objects.order_by("pk").values()) for model in WATCHED}


def refused(answer, *statuses):
    """A refusal in the contract's shape."""
    assert answer.status_code in (statuses or (400,)), answer.content[:500]
    body = answer.json()
    assert differences(body, examples.ERROR) == []
    assert body["status"] == answer.status_code
    assert body["error"] == body["message"]
    return body


ENDPOINTS = {
    "place": ("POST", "orders", "customer"),
    "cancel": ("POST", "orders/{order}/cancel", "customer"),
    "status": ("PUT", "orders/{order}/status", "staff"),
    "intent": ("POST", "orders/{order}/payment-intent", "customer"),
    "confirm": ("POST", "payments/{intent}/confirm", "customer"),
    "pay": ("POST", "payments/sandbox/{intent}/pay", "customer"),
    "old create": ("POST", "payment/create-payment-intent", "customer"),
    "old confirm": ("POST", "payment/confirm-payment-intent", "customer"),
    "handler": ("POST", "/payment/stripe_handler.php", "customer"),
}
FIELDS = [
    ("place", "items"),
    ("place", "shipping_address_id"),
    ("place", "billing_address_id"),
    ("place", "shipping_method"),
    ("place", "notes"),
    ("place", "items.0"),
    ("place", "items.0.product_id"),
    ("place", "items.0.quantity"),
    ("cancel", "notes"),
    ("status", "status"),
    ("status", "notes"),
    ("status", "tracking_number"),
    ("status", "carrier"),
    ("pay", "card"),
    ("pay", "authenticate"),
    ("old create", "order_id"),
    ("old create", "rental_id"),
    ("old confirm", "payment_intent_id"),
    ("handler", "action"),
]
# What is junk elsewhere and right here.
WELCOME = {
    "place.billing_address_id": [None],
    "place.notes": [None, "", " ", "1", "one", "\u202e"],
    "cancel.notes": ["", " ", "1", "one", "\u202e"],
    "status.notes": ["", " ", "1", "one", "\u202e"],
    "status.tracking_number": ["", " ", "1", "one", "\u202e"],
    "status.carrier": ["", " ", "1", "one", "\u202e"],
    "pay.authenticate": [True, False],
}


def good_body(name, shop):
    """A body that the endpoint takes."""
    return {
        "place": lambda: order_body(shop["order"].user, shop["order"].lines.get().product),
        "status": lambda: {"status": "processing"},
        "pay": lambda: {"card": "4242424242424242"},
        "old confirm": lambda: {"payment_intent_id": shop["intent"]},
    }.get(name, dict)()


def send(name, shop, body):
    """One request."""
    method, path, who = ENDPOINTS[name]
    path = path.format(order=shop["order"].pk, intent=shop["intent"])
    return shop[who].send(method, path, body)


def with_field(body, path, value):
    """The body with `value` at a path such as `items.0.quantity`."""
    changed = copy.deepcopy(body)
    *parents, last = path.split(".")
    place = changed
    for step in parents:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[int(last) if isinstance(place, list) else last] = value
    return changed


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_any_value_in_any_field(shop, name, field):
    good = good_body(name, shop)
    welcome = [repr(value) for value in WELCOME.get(f"{name}.{field}", [])]
    before = snapshot()
    for value in JUNK:
        if repr(value) in welcome:
            continue
        answer = send(name, shop, with_field(good, field, value))
        refused(answer, 400, 404)
        assert answer.status_code == 400 or type(value) is int or field == "payment_intent_id", (
            value,
            answer.content,
        )
        assert snapshot() == before, value


@pytest.mark.parametrize("raw", RAW)
@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_numbers_and_texts_that_json_hardly_has(shop, name, field, raw):
    before = snapshot()
    body = json.dumps(with_field(good_body(name, shop), field, "@@")).encode().replace(b'"@@"', RAW[raw])
    refused(send(name, shop, body))
    assert snapshot() == before


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_body_that_is_no_object(shop, name, body):
    before = snapshot()
    refused(send(name, shop, BODIES[body]))
    assert snapshot() == before


STRICT = ["place", "cancel", "status", "intent", "confirm", "pay"]
FORGED = {
    "price": 0.01, "total": 0.01, "status": "delivered", "payment_status": "paid", "user_id": 1, "amount": 1,
    "discount": 100, "": 1, "\u0000": 1, "__proto__": {}, "id": 1, "items[0][price]": 1,
}  # fmt: skip


@pytest.mark.parametrize("key", FORGED)
@pytest.mark.parametrize("name", STRICT)
def test_unknown_keys_and_forged_prices(shop, name, key):
    if (name, key) == ("status", "status"):
        return
    before = snapshot()
    body = refused(send(name, shop, {**good_body(name, shop), key: FORGED[key]}))
    assert body["details"]
    assert snapshot() == before


def test_a_forged_price_in_a_line(shop):
    before = snapshot()
    for key in ("price", "subtotal", "product_name", "sku"):
        body = good_body("place", shop)
        body["items"][0][key] = 0.01
        assert f"items[0].{key}" in refused(send("place", shop, body))["error"]
    assert snapshot() == before


@pytest.mark.parametrize("missing", ["items", "shipping_address_id"])
def test_the_text_names_a_missing_field(shop, missing):
    body = {key: value for key, value in good_body("place", shop).items() if key != missing}
    assert missing in refused(send("place", shop, body))["error"]


def test_foreign_and_unknown_ids_are_404(shop):
    foreign = AddressFactory()
    before = snapshot()
    for field in ("shipping_address_id", "billing_address_id"):
        answers = [
            refused(send("place", shop, {**good_body("place", shop), field: pk}), 404)
            for pk in (foreign.pk, foreign.pk + 10**6, 2**63 - 1)
        ]
        assert answers[0] == answers[1] == answers[2]
        assert answers[0]["error"] == "Address not found"
    for pk in (ProductFactory().pk + 10**6, 2**63 - 1):
        body = with_field(good_body("place", shop), "items.0.product_id", pk)
        assert "Product not found" in refused(send("place", shop, body), 404)["error"]
    after = snapshot()
    after[Product].pop()
    assert after == before


@pytest.mark.parametrize("lines", [0, 51, 5000])
def test_too_many_lines_or_none(shop, lines):
    before = snapshot()
    body = good_body("place", shop)
    body["items"] = body["items"] * lines
    refused(send("place", shop, body))
    assert snapshot() == before


@pytest.mark.parametrize(
    "pk", ["0", "-1", "1.0", "abc", "2147483648", str(2**63), str(2**64), "9" * 100, "%00", "1%20", "\u0661"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "orders/{}"), ("POST", "orders/{}/cancel"), ("GET", "orders/{}/payments"),
     ("POST", "orders/{}/payment-intent"), ("PUT", "orders/{}/status"), ("POST", "payments/{}/confirm"),
     ("POST", "payments/sandbox/{}/pay")],
)  # fmt: skip
def test_an_id_that_is_none_in_the_path(shop, method, path, pk):
    before = snapshot()
    who = "staff" if method == "PUT" else "customer"
    body = (
        {"status": "processing"} if method == "PUT" else {"card": "4242424242424242"} if path.endswith("pay") else {}
    )
    refused(shop[who].send(method, path.format(pk), body), 404)
    assert snapshot() == before


def test_a_megabyte_is_too_much(shop):
    before = snapshot()
    body = {**good_body("place", shop), "notes": "x" * 1_000_000}
    refused(send("place", shop, body), 413)
    assert snapshot() == before


def test_emoji_are_kept(shop):
    text = "Bitte klingeln \U0001f514 \u4f60\u597d \U0001f468\u200d\U0001f469\u200d\U0001f467 'quotes' <b>"
    answer = send("place", shop, {**good_body("place", shop), "notes": text})
    assert answer.json()["order"]["notes"] == text
    shown = shop["customer"].read(f"orders/{answer.json()['order']['id']}").json()["order"]
    assert shown["notes"] == text


@pytest.mark.parametrize(
    "query",
    [{"page": "0"}, {"page": "-1"}, {"page": "x"}, {"page": "9" * 50}, {"per_page": "0"}, {"per_page": "1e9"},
     {"per_page": "51"}, {"status": "\x00"}, {"status": "PENDING"}, {"page": "\u0661"}, {"limit": "-5"}],
)  # fmt: skip
def test_nonsense_in_the_query(shop, query):
    answer = shop["customer"].read("orders", **query)
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert answer.json()["pagination"]["per_page"] <= 50
    else:
        refused(answer)
