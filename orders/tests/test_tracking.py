"""The parcel's number belongs to the step that shipped it."""

import pytest

from accounts.tests.factories import AdminFactory
from core.states import WrongStatus
from orders.fulfilment import change_status
from orders.models import Order
from orders.tests.shop import make_order

pytestmark = pytest.mark.django_db


def test_a_second_ship_does_not_overwrite_the_number():
    order, admin = make_order(), AdminFactory()
    change_status(order=order, status="processing", by=admin)
    assert change_status(order=order, status="shipped", by=admin, tracking_number="FIRST")
    assert not change_status(order=order, status="shipped", by=admin, tracking_number="SECOND")
    assert Order.objects.get().tracking_number == "FIRST"


def test_a_refused_step_leaves_no_number():
    order = make_order()
    with pytest.raises(WrongStatus):
        change_status(order=order, status="shipped", by=AdminFactory(), tracking_number="EARLY")
    assert Order.objects.get().tracking_number == ""
