"""Facets: counts of each filter's values under the other filters in force."""

import pytest
from django.utils import timezone

from catalog.tests.shop import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]


def facets(api, query=""):
    answer = api.get(f"/api/products/facets?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()["facets"]


def counts(facet):
    return {row["value"]: row["count"] for row in facet}


def test_all_of_them_without_a_filter(api):
    assert facets(api) == {
        "category": [
            {"value": "laptop", "label": "Laptop", "count": 2},
            {"value": "monitor", "label": "Monitor", "count": 1},
            {"value": "phone", "label": "Phone", "count": 1},
        ],
        "brand": [
            {"value": "apple", "label": "Apple", "count": 1},
            {"value": "dell", "label": "Dell", "count": 1},
            {"value": "hp", "label": "Hp", "count": 1},
        ],
        "condition": [
            {"value": "good", "label": "Good", "count": 2},
            {"value": "excellent", "label": "Excellent", "count": 1},
            {"value": "fair", "label": "Fair", "count": 1},
        ],
        "price": {"min": 100.00, "max": 900.00},
        "rentable": [{"value": False, "label": "No", "count": 2}, {"value": True, "label": "Yes", "count": 2}],
        "in_stock": [{"value": False, "label": "No", "count": 2}, {"value": True, "label": "Yes", "count": 2}],
    }


def test_a_filter_narrows_the_others_and_not_itself(api):
    shown = facets(api, "category=laptop")
    assert counts(shown["category"]) == {"laptop": 2, "monitor": 1, "phone": 1}
    assert counts(shown["brand"]) == {"dell": 1, "hp": 1}
    assert counts(shown["condition"]) == {"excellent": 1, "good": 1}
    assert shown["price"] == {"min": 500.00, "max": 900.00}
    assert counts(shown["rentable"]) == {True: 2}


def test_prices_narrow_everything_but_the_price(api):
    shown = facets(api, "price_min=400&price_max=600")
    assert counts(shown["category"]) == {"laptop": 1}
    assert counts(shown["in_stock"]) == {False: 1}
    assert shown["price"] == {"min": 100.00, "max": 900.00}


def test_a_chosen_value_stays_with_count_zero(api):
    shown = facets(api, "brand=apple&category=laptop&rentable=true")
    assert counts(shown["brand"]) == {"dell": 1, "hp": 1, "apple": 0}
    assert shown["price"] == {"min": None, "max": None}


def test_search_narrows_all(api):
    shown = facets(api, "search=d")
    assert counts(shown["category"]) == {"laptop": 1, "monitor": 1}
    assert facets(api, "search=nothinglikeit")["category"] == []


def test_archived_products_do_not_count(api, shop):
    make_product("Epsilon", "camera", "sony", "new", 5000, archived_at=timezone.now())
    shown = facets(api)
    assert "camera" not in counts(shown["category"])
    assert shown["price"]["max"] == 900.00


def test_every_count_is_what_the_list_shows_for_that_value(api):
    for query in ("", "category=laptop", "condition=good&in_stock=false", "price_max=600", "search=d&rentable=false"):
        for name, values in facets(api, query).items():
            for row in values if name != "price" else ():
                others = "&".join(part for part in query.split("&") if not part.startswith(f"{name}="))
                listed = api.get(f"/api/products?{others}&{name}={row['value']}").json()
                assert listed["pagination"]["total"] == row["count"], (query, name, row)


def test_the_list_answers_them_when_asked(api):
    body = api.get("/api/products?facets=true&category=phone").json()
    assert body["facets"] == facets(api, "category=phone")
    assert "facets" not in api.get("/api/products?category=phone").json()


def test_the_number_of_queries_does_not_grow(api, django_assert_num_queries):
    with django_assert_num_queries(4):
        facets(api)
    for number in range(3):
        make_product(f"More {number}", f"kind-{number}", f"maker-{number}", "new", 10 + number)
    with django_assert_num_queries(4):
        facets(api)
