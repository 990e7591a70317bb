"""The way from the shelf to the parcel, in the sandbox."""

import pytest

from accounts.tests.factories import AddressFactory, AdminFactory, UserFactory
from catalog.tests.factories import ProductFactory

pytestmark = pytest.mark.django_db


def test_an_order_is_placed_paid_and_shipped(api):
    user, product = UserFactory(), ProductFactory(inventory_count=5)
    address = AddressFactory(user=user)
    api.login_as(user)
    placed = api.post(
        "orders",
        {"items": [{"product_id": product.pk, "quantity": 2}], "shipping_address_id": address.pk,
         "billing_address_id": address.pk, "shipping_method": "standard"},
    )  # fmt: skip
    assert placed.status_code == 201, placed.content
    order = placed.json()["order"]
    assert (order["total"], order["status"], order["payment_status"]) == (1199.98, "pending", "pending")
    intent = api.post(f"orders/{order['id']}/payment-intent").json()
    declined = api.post(f"payments/sandbox/{intent['payment_intent_id']}/pay", {"card": "4000000000000002"})
    assert declined.json()["status"] == "declined"
    assert api.post(f"payments/{intent['payment_intent_id']}/confirm").status_code == 400
    assert (
        api.post(f"payments/sandbox/{intent['payment_intent_id']}/pay", {"card": "4242424242424242"}).json()["status"]
        == "succeeded"
    )
    confirmed = api.post(f"payments/{intent['payment_intent_id']}/confirm")
    assert confirmed.status_code == 200, confirmed.content
    detail = api.get(f"orders/{order['id']}").json()["order"]
    assert (detail["status"], detail["payment_status"]) == ("processing", "paid")
    assert detail["payments"][0]["status"] == "completed"
    assert detail["status_history"][0]["created_by"] == "System"
    api.login_as(AdminFactory())
    shipped = api.put(f"orders/{order['id']}/status", {"status": "shipped", "notes": "on its way"})
    assert shipped.status_code == 200, shipped.content


def test_cancelling_gives_back_stock_and_money(api):
    user, product = UserFactory(), ProductFactory(inventory_count=5)
    address = AddressFactory(user=user)
    api.login_as(user)
    order = api.post(
        "orders", {"items": [{"product_id": product.pk, "quantity": 2}], "shipping_address_id": address.pk}
    ).json()["order"]
    intent = api.post(f"orders/{order['id']}/payment-intent").json()["payment_intent_id"]
    api.post(f"payments/sandbox/{intent}/pay", {"card": "4242424242424242"})
    api.post(f"payments/{intent}/confirm")
    cancelled = api.post(f"orders/{order['id']}/cancel").json()
    assert (cancelled["order"]["status"], cancelled["order"]["payment_status"]) == ("cancelled", "refunded")
    product.refresh_from_db()
    assert product.inventory_count == 5
    assert api.post(f"orders/{order['id']}/cancel").status_code == 400
    assert api.get("orders/stats").json()["total_spent"] == 0
