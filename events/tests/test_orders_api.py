"""The calls about orders: their shapes, refusals, limits, foreign orders and hostile input."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from events.models import Event, TicketOrder
from events.tests.clients import events_client
from events.tests.factories import make_event, make_type
from events.tests.shop import (
    fresh,
    let_hold_end,
    order_tickets,
    paid_order,
    pay,
    paylater,
    send_all_refunds,
    taken,
    tickets_for_sale,
)

__all__ = ["paylater", "tickets_for_sale"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tickets_for_sale")]
KEYS = {
    "id", "user_id", "event_id", "total_amount", "currency", "payment_status", "payment_method",
    "payment_reference", "expires_at", "created_at", "updated_at", "tickets",
}  # fmt: skip


@pytest.fixture
def kind():
    return make_type(make_event(refund_until_hours=1, refund_percent=100), quantity=20)


@pytest.fixture
def api(user):
    return events_client(user)


def body_of(kind, quantity=1, **more):
    return {"event_id": kind.event_id, "tickets": [{"ticket_id": kind.pk, "quantity": quantity}], **more}


def error(answer):
    return answer.status_code, answer.json()["error"]["code"]


def test_an_order_and_how_it_is_paid(api, kind, user):
    lines = [{"ticket_type_id": kind.pk, "quantity": 1}, {"ticket_id": kind.pk, "quantity": 2}]
    contact = {"email": "Ada@Example.com", "phone": "", "full_name": "Ada Obi"}
    answer = api.post("orders", {**body_of(kind), "tickets": lines, "customer_info": contact, "extra": 1})
    assert answer.status_code == 201, answer.content
    order, intent = answer.json()["order"], answer.json()["payment_intent"]
    assert set(order) == KEYS
    assert answer.json()["data"]["order"] == order
    assert (order["total_amount"], order["currency"], order["tickets"]) == (15000, "NGN", [])
    assert (order["payment_status"], order["payment_method"], order["user_id"]) == ("pending", "paystack", user.pk)
    assert intent == {
        "reference": order["payment_reference"],
        "amount": 1500000,
        "currency": "NGN",
        "email": "ada@example.com",
        "public_key": "pk_paylater",
        "authorization_url": None,
    }
    assert api.get(f"orders/{order['id']}").json()["data"] == order
    listed = api.get("orders").json()
    assert (listed["orders"], listed["total"]) == ([order], 1)


def test_free_tickets_are_there_at_once(api, kind):
    free = make_type(kind.event, price="0")
    answer = api.post("orders", body_of(free, 2)).json()
    order = answer["order"]
    assert (order["payment_status"], order["payment_method"], len(order["tickets"])) == ("completed", "free", 2)
    assert (answer["payment_intent"]["amount"], order["expires_at"]) == (0, None)
    verified = api.post("orders/verify", {"reference": order["payment_reference"]}).json()
    assert verified["status"] == "success"
    assert api.get(f"orders/{order['id']}/receipt.pdf").status_code == 404


def test_verify_under_both_addresses_by_reference_and_alias(api, kind, user):
    order = order_tickets(kind, user=user)
    asked = {"reference": order.reference, "order_id": order.pk}
    first = api.post("orders/verify", asked).json()
    assert (first["status"], first["payment_status"], first["success"]) == ("pending", "pending", True)
    pay(order, verify=False)
    for path in ("orders/verify", "orders/verify-payment"):
        for body in (asked, {"reference": f"ORDER_{order.pk}"}):
            answer = api.post(path, body)
            assert (answer.status_code, answer.json()["status"]) == (200, "success")
            assert len(answer.json()["order"]["tickets"]) == 1
            assert answer.json()["message"] == "Payment confirmed. Your tickets are ready."
    assert api.get(f"orders/{order.pk}/receipt.pdf").content.startswith(b"%PDF")


def test_no_call_knows_the_orders_of_others(api, kind):
    order = paid_order(kind)
    assert [error(api.get(f"orders/{order.pk}{end}")) for end in ("", "/refund", "/receipt.pdf")] == [
        (404, "NOT_FOUND")
    ] * 3
    for path in (f"orders/{order.pk}/cancel", f"orders/{order.pk}/refund"):
        assert error(api.post(path)) == (404, "NOT_FOUND")
    for body in (
        {"reference": order.reference},
        {"reference": f"ORDER_{order.pk}"},
        {"reference": "ORDER_999999999999999999"},
        {"reference": "PNG-unknown"},
    ):
        assert error(api.post("orders/verify", body)) == (404, "NOT_FOUND")
    assert api.get("orders").json()["orders"] == []
    assert fresh(order).status == "completed"
    own = events_client(order.user)
    assert error(own.post("orders/verify", {"reference": order.reference, "order_id": order.pk + 1}))[0] == 404
    assert error(own.post("orders/verify", {"reference": order.reference.lower()}))[0] == 404


def test_letting_go(api, kind, user):
    order = order_tickets(kind, 2, user=user)
    assert api.post(f"orders/{order.pk}/cancel").json()["payment_status"] == "failed"
    assert api.post(f"orders/{order.pk}/cancel").status_code == 200
    assert taken(kind) == [0]
    assert error(api.post(f"orders/{paid_order(kind, user=user).pk}/cancel")) == (409, "WRONG_STATUS")


def test_giving_back(api, kind, user):
    order = paid_order(kind, 2, user=user)
    quote = api.get(f"orders/{order.pk}/refund").json()["data"]
    assert (quote["amount"], len(quote["tickets"]), quote["reason"]) == (10000, 2, "")
    one = quote["tickets"][0]["id"]
    answer = api.post(f"orders/{order.pk}/refund", {"ticket_ids": [one]}).json()
    assert answer["payment_status"] == "completed"
    assert [ticket["status"] for ticket in answer["tickets"]] == ["cancelled", "active"]
    assert error(api.post(f"orders/{order.pk}/refund", {"ticket_ids": [one]})) == (409, "WRONG_STATUS")
    assert error(api.post(f"orders/{order.pk}/refund", {"ticket_ids": [one + 10**6]})) == (400, "VALIDATION_ERROR")
    assert api.post(f"orders/{order.pk}/refund").status_code == 200
    send_all_refunds()
    assert api.get(f"orders/{order.pk}").json()["payment_status"] == "refunded"
    Event.objects.update(refund_percent=None, refund_until_hours=None)
    other = paid_order(kind, user=user)
    assert api.get(f"orders/{other.pk}/refund").json()["data"]["tickets"] == []
    assert error(api.post(f"orders/{other.pk}/refund")) == (409, "WRONG_STATUS")


def test_refusals(api, kind, user):
    assert error(api.post("orders", {**body_of(kind), "event_id": 10**9})) == (404, "NOT_FOUND")
    assert error(api.post("orders", body_of(kind, 11))) == (400, "VALIDATION_ERROR")
    two = [{"ticket_id": kind.pk, "quantity": 6}] * 2
    assert error(api.post("orders", {**body_of(kind), "tickets": two})) == (400, "VALIDATION_ERROR")
    foreign = make_type(make_event())
    assert error(api.post("orders", {**body_of(foreign), "event_id": kind.event_id})) == (400, "VALIDATION_ERROR")
    scarce = make_type(kind.event, quantity=1)
    assert error(api.post("orders", body_of(scarce, 2))) == (409, "SOLD_OUT")
    for _ in range(5):
        order_tickets(kind, user=user)
    assert error(api.post("orders", body_of(kind))) == (409, "LIMIT_REACHED")
    Event.objects.update(status="cancelled")
    assert error(api.post("orders", body_of(kind))) == (409, "NOT_ON_SALE")


def test_without_paystack_paid_orders_are_503(api, kind, settings):
    settings.EVENTS_GATEWAY, settings.PAYSTACK_SECRET_KEY = "paystack", ""
    assert error(api.post("orders", body_of(kind))) == (503, "PAYMENT_UNAVAILABLE")
    assert TicketOrder.objects.count() == 0


@pytest.mark.parametrize("value", ["2", True, 1.5, 0, -1, None, 10**30, [], {}, "x" * 10000])
def test_hostile_values(api, kind, value):
    for body in (
        body_of(kind, value),
        {**body_of(kind), "event_id": value},
        {"event_id": kind.event_id, "tickets": value},
        {"event_id": kind.event_id, "tickets": [value]},
        {"event_id": kind.event_id, "tickets": [{"ticket_id": value, "quantity": 1}]},
    ):
        assert error(api.post("orders", body)) == (400, "VALIDATION_ERROR"), body
    if not isinstance(value, dict | None):
        assert error(api.post("orders", {**body_of(kind), "customer_info": value})) == (400, "VALIDATION_ERROR")
    if value is not None and not isinstance(value, str):
        assert error(api.post("orders/verify", {"reference": value})) == (400, "VALIDATION_ERROR")
    assert error(api.post("orders/verify", {"reference": "ORDER_1", "order_id": "1"})) == (400, "VALIDATION_ERROR")
    assert taken(kind) == [0]


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"nonsense", b'{"event_id": NaN}'])
def test_bodies_that_are_none(api, raw):
    for path in ("orders", "orders/verify"):
        assert api.generic("POST", path, raw).status_code == 400


def test_an_idempotency_key_orders_once(api, kind):
    first, second = (api.post("orders", body_of(kind), HTTP_IDEMPOTENCY_KEY="k") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    other = api.post("orders", body_of(kind, 2), HTTP_IDEMPOTENCY_KEY="k")
    assert other.status_code == 409
    assert (TicketOrder.objects.count(), taken(kind)) == (1, [1])


def test_queries(kind):
    buyer = events_client(UserFactory())
    for buyers in (2, 10):
        for _ in range(buyers):
            order_tickets(kind)
        with CaptureQueriesContext(connection) as queries:
            assert buyer.post("orders", body_of(kind)).status_code == 201
        assert len(queries) <= 22, [query["sql"][:90] for query in queries]


@pytest.mark.parametrize("tickets", [1, 3])
def test_verifying_a_settled_order_takes_eight_queries_however_many_tickets_it_has(kind, tickets):
    order = paid_order(kind, tickets)
    owner = events_client(order.user)
    with CaptureQueriesContext(connection) as queries:
        verdict = owner.post("orders/verify", {"reference": order.reference}).json()
    assert (verdict["status"], len(verdict["order"]["tickets"])) == ("success", tickets)
    assert len(queries) <= 8, [query["sql"][:90] for query in queries]


def test_a_hold_that_is_over_is_failed(api, kind, user):
    order = let_hold_end(order_tickets(kind, user=user))
    assert api.post("orders/verify", {"reference": order.reference}).json()["status"] == "failed"
