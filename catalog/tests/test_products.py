"""The public list and detail: the contract's keys and types, pages, and what is not shown."""

import json

import pytest
from django.utils import timezone

from catalog.tests.factories import ProductFactory

pytestmark = pytest.mark.django_db

CONTRACT = {
    "id": int,
    "name": str,
    "description": str,
    "price": float,
    "rental_price": float,
    "category": str,
    "condition": str,
    "specifications": str,
    "inventory_count": int,
    "is_rentable": bool,
    "image_url": str,
    "sku": str,
}
ALIASES = {
    "product_id": "id",
    "purchase_price": "price",
    "stock": "inventory_count",
    "rental_eligible": "is_rentable",
    "primary_image": "image_url",
}


def test_a_product_has_every_key_of_the_contract_in_its_type(api):
    product = ProductFactory()
    answer = api.get(f"products/{product.pk}")
    shown = answer.json()
    assert answer.status_code == 200
    assert {name: type(shown[name]) for name in CONTRACT} == CONTRACT
    assert (shown["price"], shown["rental_price"], shown["category"]) == (599.99, 49.99, "laptop")
    assert b'"price":599.99,' in answer.content
    assert json.loads(shown["specifications"]) == product.specifications
    assert {alias: shown[alias] for alias in ALIASES} == {alias: shown[name] for alias, name in ALIASES.items()}
    assert (shown["images"], shown["brand"]) == (["/images/products/laptop-xps-13.jpg"], "Dell")
    assert shown["created_at"].endswith("Z")


def test_a_product_without_brand_or_rate_says_null(api):
    product = ProductFactory(brand=None, rental_price=None, is_rentable=False)
    shown = api.get(f"products/{product.pk}").json()
    assert (shown["brand"], shown["rental_price"]) == (None, None)


def test_the_list_shows_24_products_of_the_same_shape(api):
    products = ProductFactory.create_batch(25)
    body = api.get("products").json()
    assert body["pagination"] == {"total": 25, "page": 1, "per_page": 24, "total_pages": 2}
    assert body["products"][0] == api.get(f"products/{products[-1].pk}").json()
    assert len(body["products"]) == 24
    assert [row["id"] for row in api.get("products", {"page": 2}).json()["products"]] == [products[0].pk]


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "page=-1", "page=1e9", "per_page=%00", "limit=99999999999999999999"]
)
def test_nonsense_pages_fall_back(api, query):
    ProductFactory()
    answer = api.get(f"/api/products?{query}")
    assert (answer.status_code, len(answer.json()["products"])) == (200, 1)


def test_an_archived_product_is_nowhere(api):
    sold, gone = ProductFactory(), ProductFactory(archived_at=timezone.now())
    assert [row["id"] for row in api.get("products").json()["products"]] == [sold.pk]
    assert api.get(f"products/{sold.pk}").status_code == 200
    answer = api.get(f"products/{gone.pk}")
    assert (answer.status_code, answer.json()["error"]) == (404, "Product not found.")


@pytest.mark.parametrize("product_id", ["0", "999999", "-1", "abc", "1.0", "9" * 30, "%00", "💻"])
def test_an_id_that_names_nothing_is_404(api, product_id):
    ProductFactory()
    answer = api.get(f"/api/products/{product_id}")
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


@pytest.mark.parametrize("rows", [1, 3, 20])
def test_the_list_takes_five_queries_at_most(api, rows, django_assert_max_num_queries):
    """The count, the page's ids, its rows, the rental terms, and rates of their own."""
    ProductFactory.create_batch(rows)
    with django_assert_max_num_queries(5):
        assert len(api.get("products", {"per_page": 20}).json()["products"]) == rows


def test_a_product_takes_four_queries_at_most(api, django_assert_max_num_queries):
    product = ProductFactory()
    with django_assert_max_num_queries(4):
        api.get(f"products/{product.pk}")


@pytest.mark.parametrize("path", ["products/", "products/facets/"])
def test_a_trailing_slash_changes_nothing(api, path):
    ProductFactory()
    assert api.get(path).json() == api.get(path.rstrip("/")).json()
