"""Every order endpoint answers with the contract's keys and types, under each of its addresses."""

import pytest

from accounts.tests.factories import AdminFactory, UserFactory
from core.testing.contract import differences
from orders.tests import examples
from orders.tests.shop import client_of, make_order, order_body, paid_order

pytestmark = pytest.mark.django_db

FORMS = ["/api/{}", "/api/{}/", "/api/v1/{}", "/api/v1/{}/"]
forms = pytest.mark.parametrize("form", FORMS)


def check(answer, status, example):
    """The status, and the example's shape; the body."""
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert differences(body, example) == []
    return body


@forms
def test_the_list(form):
    order = paid_order()
    body = check(client_of(order.user).get(form.format("orders")), 200, examples.ORDER_LIST)
    assert body["pagination"] == {"total": 1, "page": 1, "per_page": 10, "total_pages": 1}
    shown = body["orders"][0]
    assert (shown["id"], shown["total"], shown["items"][0]["price"]) == (order.pk, 599.99, 599.99)
    assert (shown["tracking_number"], shown["notes"]) == (None, None)


@forms
def test_the_detail(form):
    order = paid_order()
    body = check(client_of(order.user).get(form.format(f"orders/{order.pk}")), 200, examples.DETAIL)["order"]
    assert body["shipping_address"].keys() == examples.ADDRESS.keys()
    assert [(c["status"], c["notes"], c["created_by"]) for c in body["status_history"]] == [
        ("processing", "Payment confirmed, processing order", "System"),
        ("pending", "Order created", f"User {order.user_id}"),
    ]
    assert [(p["order_id"], p["amount"], p["status"]) for p in body["payments"]] == [(order.pk, 599.99, "completed")]
    assert body["payments"][0]["transaction_id"].startswith("ch_")


@forms
def test_placing(form):
    user = UserFactory()
    body = check(client_of(user).post(form.format("orders"), order_body(user)), 201, examples.CREATED)
    assert body["message"] == "Order created successfully"
    assert (body["order"]["total"], body["order"]["status"], body["order"]["user_id"]) == (599.99, "pending", user.pk)


@forms
def test_cancelling(form):
    order = make_order()
    answer = client_of(order.user).post(form.format(f"orders/{order.pk}/cancel"))
    body = check(answer, 200, {"message": "", "order": examples.ORDER})
    assert (body["message"], body["order"]["status"]) == ("Order cancelled successfully", "cancelled")


@forms
def test_staffs_step(form):
    order = paid_order()
    body = {"status": "shipped", "notes": "Shipped via USPS, tracking provided"}
    path = form.format(f"orders/{order.pk}/status")
    answer = client_of(AdminFactory()).put(path, body)
    assert check(answer, 200, {"message": ""}) == {"message": "Order status updated successfully"}
    refused = client_of(order.user).put(path, {"status": "delivered"})
    check(refused, 403, examples.ERROR)


@forms
def test_the_figures(form):
    order = paid_order()
    make_order(user=order.user)
    body = check(client_of(order.user).get(form.format("orders/stats")), 200, examples.STATS)
    assert (body["total_orders"], body["total_spent"]) == (2, 599.99)
    assert body["status_counts"] == {"pending": 1, "processing": 1, "shipped": 0, "delivered": 0, "cancelled": 0}


def test_the_figures_of_a_newcomer():
    body = client_of(UserFactory()).get("orders/stats").json()
    assert (body["total_orders"], body["total_spent"], body["most_recent_order"]) == (0, 0, None)
    assert set(body["status_counts"].values()) == {0}
    assert body["status_counts"].keys() == examples.STATS["status_counts"].keys()


@forms
def test_the_payments_of_an_order(form):
    order = paid_order()
    answer = client_of(order.user).get(form.format(f"orders/{order.pk}/payments"))
    check(answer, 200, {"payments": [{**examples.ORDER_PAYMENT, "currency": "USD"}]})


@forms
def test_the_shipping_methods(form, api):
    answer = api.get(form.format("orders/shipping-methods"))
    body = check(answer, 200, {"shipping_methods": [{"code": "", "name": "", "price": 0.5}]})
    assert body["shipping_methods"][0]["code"] == "standard"


STRANGERS = [
    ("GET", "orders/{}"), ("POST", "orders/{}/cancel"), ("GET", "orders/{}/payments"),
    ("POST", "orders/{}/payment-intent"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), STRANGERS)
def test_a_strangers_order_is_as_good_as_none(method, path):
    order, stranger = paid_order(), client_of(UserFactory())
    foreign = stranger.generic(method, path.format(order.pk), {})
    missing = stranger.generic(method, path.format(order.pk + 1000), {})
    assert check(foreign, 404, examples.ERROR) == check(missing, 404, examples.ERROR)
    assert foreign.json()["error"] == "Order not found"
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("processing", "paid")


def test_the_list_is_filtered_paged_and_newest_first():
    order = paid_order()
    later = [make_order(user=order.user).pk for _ in range(2)]
    api = client_of(order.user)
    assert [o["id"] for o in api.get("orders").json()["orders"]] == [*reversed(later), order.pk]
    assert [o["id"] for o in api.get("orders", {"status": "processing"}).json()["orders"]] == [order.pk]
    second = api.get("orders", {"page": 2, "per_page": 1}).json()
    assert [o["id"] for o in second["orders"]] == [later[0]]
    assert second["pagination"] == {"total": 3, "page": 2, "per_page": 1, "total_pages": 3}
    check(api.get("orders", {"status": "lost"}), 400, {**examples.ERROR, "details": {"status": [""]}})


def test_staff_see_their_own_list_but_everybodys_detail():
    order, staff = make_order(), client_of(AdminFactory())
    assert staff.get("orders").json()["orders"] == []
    assert staff.get(f"orders/{order.pk}").status_code == 200
