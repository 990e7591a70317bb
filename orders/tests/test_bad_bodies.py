"""Whatever a body, a path or a query is: a 4xx in the contract's shape, and nothing has changed."""

import pytest

from accounts.tests.factories import AddressFactory
from catalog.models import Product
from catalog.tests.factories import ProductFactory
from orders.tests.bad import BODIES, ENDPOINTS, good_body, refused, send, snapshot, with_field

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_body_that_is_no_object(shop, name):
    before = snapshot()
    for kind, body in BODIES.items():
        refused(send(name, shop, body))
        assert snapshot() == before, kind


STRICT = ["place", "cancel", "status", "intent", "confirm", "pay"]
FORGED = {
    "price": 0.01, "total": 0.01, "status": "delivered", "payment_status": "paid", "user_id": 1, "amount": 1,
    "discount": 100, "": 1, "\u0000": 1, "__proto__": {}, "id": 1, "items[0][price]": 1,
}  # fmt: skip


@pytest.mark.parametrize("name", STRICT)
def test_unknown_keys_and_forged_prices(shop, name):
    before = snapshot()
    for key, value in FORGED.items():
        if (name, key) != ("status", "status"):
            assert refused(send(name, shop, {**good_body(name, shop), key: value}))["details"]
            assert snapshot() == before, key


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


NO_IDS = ["0", "-1", "1.0", "abc", "2147483648", str(2**63), str(2**64), "9" * 100, "%00", "1%20", "%FF", "\u0661"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "orders/{}", {}),
        ("POST", "orders/{}/cancel", {}),
        ("GET", "orders/{}/payments", {}),
        ("POST", "orders/{}/payment-intent", {}),
        ("PUT", "orders/{}/status", {"status": "processing"}),
        ("POST", "payments/{}/confirm", {}),
        ("POST", "payments/sandbox/{}/pay", {"card": "4242424242424242"}),
    ],
)
def test_an_id_that_is_none_in_the_path(shop, method, path, body):
    before = snapshot()
    for pk in NO_IDS:
        refused(shop["staff" if method == "PUT" else "customer"].generic(method, path.format(pk), body), 404)
        assert snapshot() == before, pk


def test_a_megabyte_is_too_much(shop):
    before = snapshot()
    body = {**good_body("place", shop), "notes": "x" * 1_000_000}
    refused(send("place", shop, body), 413)
    assert snapshot() == before


def test_emoji_are_kept(shop):
    text = "Bitte klingeln \U0001f514 \u4f60\u597d \U0001f468\u200d\U0001f469\u200d\U0001f467 'quotes' <b>"
    answer = send("place", shop, {**good_body("place", shop), "notes": text})
    assert answer.json()["order"]["notes"] == text
    shown = shop["customer"].get(f"orders/{answer.json()['order']['id']}").json()["order"]
    assert shown["notes"] == text


NONSENSE = [
    *({"page": value} for value in ("0", "-1", "x", "9" * 50, "\u0661", "")),
    *({"per_page": value} for value in ("0", "1e9", "51")),
    *({"status": value} for value in ("\x00", "PENDING", "x" * 5000)),
    {"limit": "-5"},
]


def test_nonsense_in_the_query(shop):
    for query in NONSENSE:
        answer = shop["customer"].get("orders", query)
        if answer.status_code == 200:
            assert answer.json()["pagination"]["per_page"] <= 50
        else:
            refused(answer)
