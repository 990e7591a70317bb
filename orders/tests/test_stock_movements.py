"""What orders do to stock can be read as movements, also when many customers come at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from catalog.tests.factories import ProductFactory
from catalog.tests.shop import assert_movements_lead_to
from core.testing.races import race
from orders.fulfilment import cancel_order, expire_orders
from orders.models import ShippingMethod
from orders.tests.shop import bought, client_of, give_back, make_order, order_body


def movements(order):
    """(kind, change, reason, reference, actor) of the movements of the order's only product, oldest first."""
    product = order.lines.get().product
    rows = product.stock_movements.order_by("pk")
    return list(rows.values_list("kind", "change", "reason", "reference", "actor"))


@pytest.mark.django_db
def test_an_order_that_expires():
    order = make_order(quantity=2)
    assert expire_orders(now=timezone.now() + timedelta(hours=2)) == 1
    assert movements(order) == [
        ("taken", -2, f"For order #{order.pk}", f"order:{order.pk}", order.user_id),
        ("returned", 2, "Not paid within 60 minutes", f"order:{order.pk}", None),
    ]


@pytest.mark.django_db
def test_an_order_that_is_refunded_and_then_cancelled(staff):
    order = bought(("100.00", 3))
    give_back(order, {0: 2}, restock=True, by=staff)
    cancel_order(order=order, by=staff, note="Changed their mind")
    assert movements(order)[1:] == [
        ("returned", 2, f"Refunded: order #{order.pk}", f"order:{order.pk}", staff.pk),
        ("returned", 1, "Changed their mind", f"order:{order.pk}", staff.pk),
    ]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_buying_and_cancelling_at_once():
    ShippingMethod.objects.get_or_create(code="standard", defaults={"name": "Standard"})
    product = ProductFactory(inventory_count=12)
    orders = [make_order(product=product) for _ in range(6)]
    jobs = [lambda order=order: cancel_order(order=order) for order in orders]
    for _ in range(20):
        user = UserFactory()
        api, body = client_of(user), order_body(user, product)
        jobs.append(lambda api=api, body=body: api.post("orders", body))
    race(jobs)
    assert_movements_lead_to(product, start=12)
    assert product.stock_movements.count() >= 6 + 6 + 6
