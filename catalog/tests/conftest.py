"""Fixtures for the catalogue's tests."""

import pytest

from catalog import search
from catalog.tests.factories import BrandFactory, CategoryFactory, ProductFactory


def make(name, category, brand, condition, price, **fields):
    """A product that can be found."""
    product = ProductFactory(
        name=name,
        sku=name.upper().replace(" ", "-"),
        category=CategoryFactory(slug=category),
        brand=BrandFactory(slug=brand) if brand else None,
        condition=condition,
        price=price,
        specifications=fields.pop("specifications", {}),
        **fields,
    )
    search.index([product])
    return product


@pytest.fixture
def shop():
    return [
        make("Alpha", "laptop", "dell", "excellent", 900, specifications={"cpu": "Intel Core i5-8350U"}),
        make("Beta", "laptop", "hp", "good", 500, inventory_count=0),
        make("Gamma", "phone", "apple", "fair", 300, is_rentable=False, is_featured=True),
        make("Delta", "monitor", None, "good", 100, is_rentable=False, inventory_count=0),
    ]
