"""Any JSON in any field: a clear 4xx in the contract's shape, nothing changed, never a 500."""

import json

import pytest

from accounts.tests.factories import ManagerFactory, UserFactory
from catalog.models import Brand, Category, Product, WishlistItem
from catalog.tests.factories import ProductFactory
from catalog.tests.shop import NEW_PRODUCT
from catalog.tests.test_staff_writes import product_rows

pytestmark = pytest.mark.django_db

TEXTS = ["name", "sku", "description", "category", "brand", "condition", "image_url"]
NEVER_TEXT = [1, 1.5, True, [], ["x"], {}, {"a": 1}]
NEVER_NUMBER = ["1", "", True, [], {}, -1, 10**30, 1e300]
DEEP = json.loads('{"a":' * 200 + "1" + "}" * 200)
CASES = [
    *((name, value) for name in TEXTS for value in [*NEVER_TEXT, "a\0b", "x" * 20_000]),
    *((name, value) for name in ("price", "rental_price", "inventory_count") for value in NEVER_NUMBER),
    *((name, value) for name in ("is_rentable", "is_featured") for value in ["true", 1, 0, [], {}, None]),
    *((name, None) for name in ("name", "sku", "price", "category", "condition", "inventory_count")),
    *(("name", value) for value in ("", "   ")),
    *(("sku", value) for value in ("", "a b", "<script>", "ü", "-x")),
    *(("price", value) for value in (1.999, 0.001, 10**10)),
    ("inventory_count", 1.0),
    ("inventory_count", 1.5),
    ("condition", "broken"),
    *(
        ("image_url", value)
        for value in ("javascript:alert(1)", "//evil.example/x", "/\\evil", "data:x", 'a"b', "x y")
    ),
    *(
        ("specifications", value)
        for value in ["[]", "1", "null", "not json", '{"a":NaN}', '{"a":1e999}', [], 1, True]
    ),
    *(("specifications", value) for value in [None, {"a": "\0"}, {"a": 10**40}, DEEP, {"a": "x" * 30_000}]),
    *(("unknown", value) for value in (1, None, "x")),
    *((name, 1) for name in ("product_id", "purchase_price", "stock", "archived_at", "currency", "created_at")),
]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_bad_value_is_refused_by_name_and_changes_nothing(api, name, value):
    product = ProductFactory()
    api.login_as(ManagerFactory())
    before = product_rows(), Category.objects.count(), Brand.objects.count()
    for method, path, body in (
        ("POST", "products", {**NEW_PRODUCT, name: value}),
        ("PUT", f"products/{product.pk}", {**NEW_PRODUCT, name: value}),
        ("PATCH", f"products/{product.pk}", {name: value}),
    ):
        answer = api.generic(method, path, body)
        refusal = answer.json()
        assert (answer.status_code, refusal["status"]) == (400, 400), (method, refusal)
        assert name in refusal["message"] or name in refusal["details"]
    assert (product_rows(), Category.objects.count(), Brand.objects.count()) == before


@pytest.mark.parametrize("name", [*TEXTS, "specifications", "unknown"])
def test_half_a_character_is_refused(api, name):
    product = ProductFactory()
    api.login_as(ManagerFactory())
    before = product_rows()
    for body in ({**NEW_PRODUCT, name: "\ud800"}, {**NEW_PRODUCT, name: {"\ud800": "x"}}):
        assert api.put(f"products/{product.pk}", body).status_code == 400
    assert product_rows() == before


@pytest.mark.parametrize("body", [b"[]", b"1", b'"x"', b"null", b"{", b"\xff\xfe", b'{"price":NaN}', b"[" * 100_000])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_body_that_is_no_object_is_refused(api, method, body):
    product = ProductFactory()
    api.login_as(ManagerFactory())
    before = product_rows()
    answer = api.generic(method, "products" if method == "POST" else f"products/{product.pk}", body)
    assert (answer.status_code, answer.json()["status"]) == (400, 400)
    assert product_rows() == before


@pytest.mark.parametrize("value", [None, "1", 1.0, True, [], {}, 0, -1, 2**63, 10**40])
def test_a_wish_for_nonsense_is_refused(api, value):
    ProductFactory()
    answer = api.login_as(UserFactory()).post("wishlist", {"product_id": value})
    assert (answer.status_code, list(answer.json()["details"])) == (400, ["product_id"])
    assert not WishlistItem.objects.exists()


def test_the_largest_values_fit(api):
    body = {
        **NEW_PRODUCT,
        "price": 9_999_999_999.99,
        "inventory_count": 1_000_000_000,
        "name": "💻" * 200,
        "sku": "X" * 64,
    }
    body |= {"description": "💻" * 10_000, "category": "日" * 100, "brand": "💻" * 100, "image_url": "/" + "x" * 499}
    answer = api.login_as(ManagerFactory()).post("products", body)
    assert answer.status_code == 201, answer.content
    product = Product.objects.get()
    assert (product.name, product.description, product.category.name) == (
        body["name"],
        body["description"],
        "日" * 100,
    )
    assert b'"price":9999999999.99,' in answer.content
