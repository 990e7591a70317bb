"""An answer that departs from the OpenAPI document is found, wherever in it."""

import pytest

from core.testing.declared import of_value

PAGE = {"$ref": "#/components/schemas/OrderPage"}


def page(**changes):
    pagination = {"total": 0, "page": 1, "per_page": 10, "total_pages": 0}
    return {"orders": [], "pagination": pagination, **changes}


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        (page(), []),
        (page(extra=1), ["$.extra is not declared"]),
        ({"orders": []}, ["$.pagination is missing"]),
        (page(pagination={"total": 0, "page": 1, "per_page": 10}), ["$.pagination.total_pages is missing"]),
        (page(pagination={**page()["pagination"], "capped": True}), []),
        (page(pagination={**page()["pagination"], "of": 3}), ["$.pagination.of is not declared"]),
    ],
)  # fmt: skip
def test_a_departure_is_named_by_its_path(value, wrong):
    assert of_value(value, PAGE, "$") == wrong


def test_the_items_of_a_list_are_looked_at():
    found = of_value(page(orders=[{"id": 1, "colour": "red"}]), PAGE, "$")
    assert "$.orders[].colour is not declared" in found
    assert "$.orders[].total is missing" in found
