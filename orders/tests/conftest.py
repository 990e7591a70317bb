"""Fixtures of the orders' tests."""

import pytest

from accounts.tests.factories import AdminFactory
from orders.tests.shop import client_of, intent_of, make_order


@pytest.fixture
def shop(db):
    """An order with its intent, its customer, and staff."""
    order = make_order()
    customer, staff = client_of(order.user), client_of(AdminFactory())
    return {"order": order, "customer": customer, "staff": staff, "intent": intent_of(customer, order)}
