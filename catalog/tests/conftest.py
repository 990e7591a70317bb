"""Fixtures for the catalogue's tests."""

import pytest

from catalog.tests.shop import make_product


@pytest.fixture
def user_api(api_as, user):
    """The API, for a customer."""
    return api_as(user)


@pytest.fixture
def staff_api(api_as, staff):
    """The API, for a manager."""
    return api_as(staff)


@pytest.fixture
def back_office(client, staff):
    """The back office, for a manager."""
    client.force_login(staff)
    return client


@pytest.fixture
def shop():
    return [
        make_product("Alpha", "laptop", "dell", "excellent", 900, specifications={"cpu": "Intel Core i5-8350U"}),
        make_product("Beta", "laptop", "hp", "good", 500, inventory_count=0),
        make_product("Gamma", "phone", "apple", "fair", 300, is_rentable=False, is_featured=True),
        make_product("Delta", "monitor", None, "good", 100, is_rentable=False, inventory_count=0),
    ]
