"""The addresses of the first clients do the same, and believe no amount that a client sends."""

import pytest

from core.errors import NotFound
from core.testing.contract import differences
from orders.fulfilment import payment_intent_for
from orders.tests import examples
from orders.tests.shop import client_of, intent_of, make_order, try_card
from payments import sellables
from payments.models import Payment

pytestmark = pytest.mark.django_db

PHP = "/payment/stripe_handler.php"
LIES = {"amount": 1, "currency": "JPY", "total": 0.01, "status": "succeeded", "price": 0}
CREATE = [
    ("/api/payment/create-payment-intent", {}),
    ("/api/payment/create-payment-intent/", {}),
    ("/api/v1/payment/create-payment-intent", {}),
    (PHP, {"action": "create_payment_intent"}),
    (f"{PHP}/", {"action": "create_payment_intent"}),
]
CONFIRM = [
    ("/api/payment/confirm-payment-intent", {}),
    ("/api/v1/payment/confirm-payment-intent/", {}),
    (PHP, {"action": "confirm_payment_intent"}),
]


@pytest.fixture
def order():
    return make_order()


@pytest.fixture
def customer(order):
    return client_of(order.user)


@pytest.mark.parametrize(("path", "extra"), CREATE)
def test_creating_ignores_the_clients_amount(order, customer, path, extra):
    answer = customer.post(path, {**LIES, **extra, "order_id": order.pk})
    assert answer.status_code == 200, answer.content
    assert differences(answer.json(), examples.INTENT) == []
    assert (answer.json()["amount"], answer.json()["currency"]) == (599.99, "USD")
    assert answer.json()["payment_intent_id"] == intent_of(customer, order)
    assert Payment.objects.get().amount == order.total


@pytest.mark.parametrize(("path", "extra"), CONFIRM)
def test_confirming_believes_the_gateway_only(order, customer, path, extra):
    intent = intent_of(customer, order)
    body = {**LIES, **extra, "payment_intent_id": intent}
    assert customer.post(path, body).status_code == 400
    order.refresh_from_db()
    assert order.payment_status == "pending"
    try_card(customer, intent)
    answer = customer.post(path, body)
    assert (answer.status_code, answer.json()["status"]) == (200, "succeeded")
    order.refresh_from_db()
    assert order.payment_status == "paid"


def test_retrieving_shows_the_payment(order, customer):
    intent = intent_of(customer, order)
    body = {"action": "retrieve_payment_intent", "payment_intent_id": intent}
    answer = customer.post(PHP, body).json()
    assert differences(answer, {**examples.INTENT, "status": "", "payment": {"id": 1, "amount": 599.99}}) == []
    assert answer["status"] == "created"


@pytest.mark.parametrize(("path", "extra"), CREATE + CONFIRM)
def test_a_stranger_finds_nothing(order, customer, path, extra):
    intent = intent_of(customer, order)
    stranger = client_of(make_order().user)
    before = Payment.objects.count()
    subject = {"order_id": order.pk} if (path, extra) in CREATE else {"payment_intent_id": intent}
    assert stranger.post(path, {**extra, **subject}).status_code == 404
    assert Payment.objects.count() == before


@pytest.mark.parametrize(("path", "extra"), CREATE + CONFIRM)
def test_nobody_pays_without_a_token(order, api, path, extra):
    answer = api.post(path, {**extra, "order_id": order.pk})
    assert answer.status_code == 401
    assert "token" in answer.json()["error"].lower()


@pytest.mark.parametrize(
    "body",
    [{}, {"action": "drop_table"}, {"action": None}, {"action": ["create_payment_intent"]}, [], "x", 7, None],
)
def test_an_unknown_action_is_a_400(order, customer, body):
    answer = customer.post(PHP, b"null" if body is None else body)
    assert (answer.status_code, answer.json()["status"]) == (400, 400)


@pytest.mark.parametrize("subject", [{}, {"order_id": 1, "rental_id": 1}, {"order_id": None}, {"order_id": "1"}])
def test_exactly_one_thing_is_paid(order, customer, subject):
    assert customer.post("payment/create-payment-intent", subject).status_code == 400
    assert not Payment.objects.exists()


@pytest.mark.parametrize(("path", "extra"), CREATE)
def test_what_no_app_sells_is_not_known(order, customer, path, extra, monkeypatch):
    monkeypatch.delitem(sellables._sellables, "rental_id", raising=False)
    answer = customer.post(path, {**extra, "rental_id": 1})
    assert (answer.status_code, answer.json()["details"]) == (400, {"order_id": ["Name one order_id."]})
    with pytest.raises(NotFound, match="Rental not found"):
        sellables.payment_for(key="rental_id", user=order.user, pk=1)


def test_an_app_that_registers_is_paid_under_the_same_address(order, customer, monkeypatch):
    asked = []

    class Another(sellables.Sellable):
        key = "rental_id"

        def payment_for(self, user, pk):
            asked.append((user, pk))
            return payment_intent_for(order=order)

    monkeypatch.setitem(sellables._sellables, "rental_id", Another())
    answer = customer.post("payment/create-payment-intent", {"rental_id": 7})
    assert (answer.status_code, answer.json()["payment_intent_id"]) == (200, intent_of(customer, order))
    assert asked == [(order.user, 7)]
