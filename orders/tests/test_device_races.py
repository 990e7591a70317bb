"""Orders that want the same devices at the same moment: one has each, and the count agrees."""

from functools import partial

import pytest

from accounts.tests.factories import AdminFactory, UserFactory
from catalog.models import Device, DeviceHold
from catalog.tests.factories import tracked_product
from core.testing.races import race
from orders.fulfilment import cancel_order, change_status
from orders.models import Order, ShippingMethod
from orders.tests.shop import client_of, make_order, order_body

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
ROUNDS = 20


@pytest.fixture(autouse=True)
def standard_shipping():
    """The row of the migration, which tests with real transactions flush."""
    ShippingMethod.objects.get_or_create(code="standard", defaults={"name": "Standard"})


def agrees(product):
    """The count is that of the devices in stock, and a device is held exactly while it is away."""
    product.refresh_from_db()
    assert product.inventory_count == product.devices.in_stock().count()
    away = Device.objects.filter(status__in=["reserved", "sold", "rented"])
    assert set(away.values_list("pk", flat=True)) == set(DeviceHold.objects.values_list("device_id", flat=True))
    return product.inventory_count


def codes(results):
    return sorted(result.json().get("code", "ok") if hasattr(result, "json") else repr(result) for result in results)


def test_two_buyers_for_the_last_device():
    users = [UserFactory() for _ in range(2)]
    for _ in range(ROUNDS):
        product = tracked_product(devices=1)
        jobs = [partial(client_of(user).post, "orders", order_body(user, product)) for user in users]
        assert codes(race(jobs)) == ["ok", "out_of_stock"]
        assert agrees(product) == 0
        assert product.order_lines.count() == 1


def test_the_same_serial_ships_on_one_order():
    admin = AdminFactory()
    for _ in range(ROUNDS):
        product = tracked_product(devices=3)
        wanted = product.devices.order_by("pk").last().serial
        orders = [make_order(product=product) for _ in range(2)]
        for order in orders:
            change_status(order=order, status="processing", by=admin)
        body = {"status": "shipped", "serials": [wanted]}
        jobs = [partial(client_of(admin).put, f"orders/{order.pk}/status", body) for order in orders]
        assert codes(race(jobs)) == ["device_not_in_stock", "ok"]
        shipped = Order.objects.get(pk__in=[order.pk for order in orders], status="shipped")
        assert shipped.lines.get().serials == [wanted]
        assert agrees(product) == 1


def test_cancelled_or_shipped_but_not_both():
    admin = AdminFactory()
    for _ in range(ROUNDS):
        product = tracked_product(devices=2)
        order = make_order(product=product)
        change_status(order=order, status="processing", by=admin)
        mine, theirs = (Order.objects.get(pk=order.pk) for _ in range(2))
        substitute = product.devices.in_stock().get().serial
        results = race(
            [
                partial(cancel_order, order=mine, by=admin),
                partial(change_status, order=theirs, status="shipped", by=admin, serials=[substitute]),
            ]
        )
        order.refresh_from_db()
        refusals = [type(result).__name__ for result in results if isinstance(result, Exception)]
        assert len(refusals) == 1 and refusals[0] in ("NotCancellable", "WrongStatus", "WrongDevice"), results
        assert agrees(product) == {"cancelled": 2, "shipped": 1}[order.status]


def test_buyers_while_others_cancel():
    for _ in range(ROUNDS):
        product = tracked_product(devices=2)
        orders = [make_order(product=product) for _ in range(2)]
        buyer = UserFactory()
        jobs = [partial(cancel_order, order=order) for order in orders]
        buy = partial(client_of(buyer).post, "orders", order_body(buyer, product))
        *cancelled, bought = race([*jobs, buy])
        assert cancelled == [None, None]
        assert agrees(product) == (1 if bought.status_code == 201 else 2)
