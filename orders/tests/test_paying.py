"""Paying in the sandbox: an intent is paid, declined or authenticated, and reported by browser and webhook."""

import json
import time

import pytest

from accounts.tests.factories import AdminFactory, UserFactory
from core.testing.contract import differences
from orders.tests import examples
from orders.tests.shop import (
    AUTHENTICATE,
    DECLINED,
    GOOD,
    books_agree,
    client_of,
    confirm,
    intent_of,
    make_order,
    paid_order,
    run_worker,
    try_card,
)
from payments.models import Payment, SandboxIntent, WebhookEvent

pytestmark = pytest.mark.django_db

HISTORY_OF_PAID = ["processing", "pending"]


def history(order):
    """The order's statuses, newest first."""
    return list(order.status_history.values_list("status", flat=True))


@pytest.fixture
def order():
    return make_order()


@pytest.fixture
def customer(order):
    return client_of(order.user)


def test_the_intent_is_the_servers(order, customer):
    answer = customer.post(f"orders/{order.pk}/payment-intent")
    body = answer.json()
    assert differences(body, examples.INTENT) == []
    assert (body["amount"], body["currency"], body["gateway"]) == (599.99, "USD", "sandbox")
    assert "secret" in body["client_secret"]
    assert customer.post(f"orders/{order.pk}/payment-intent").json() == body
    assert SandboxIntent.objects.count() == Payment.objects.count() == 1


def test_a_client_cannot_name_the_amount(order, customer):
    assert customer.post(f"orders/{order.pk}/payment-intent", {"amount": 0.01}).status_code == 400
    assert not Payment.objects.exists()


def test_confirm_settles_and_says_so(order, customer):
    intent = intent_of(customer, order)
    try_card(customer, intent)
    first, second = confirm(customer, intent), confirm(customer, intent)
    assert first.status_code == second.status_code == 200
    assert differences(first.json(), examples.CONFIRMED) == []
    assert first.json() == second.json()
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("processing", "paid")
    assert history(order) == HISTORY_OF_PAID
    assert books_agree(order)


def test_confirm_before_the_money_changes_nothing(order, customer):
    answer = confirm(customer, intent_of(customer, order))
    assert (answer.status_code, answer.json()["code"]) == (400, "payment_not_settled")
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("pending", "pending")


def test_a_declined_card_may_be_followed_by_a_good_one(order, customer):
    intent = intent_of(customer, order)
    assert try_card(customer, intent, DECLINED) == "declined"
    refused = confirm(customer, intent)
    assert refused.status_code == 400
    assert "declined" in refused.json()["error"]
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("pending", "failed")
    assert intent_of(customer, order) == intent
    assert try_card(customer, intent) == "succeeded"
    assert confirm(customer, intent).status_code == 200
    run_worker()
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("processing", "paid")


def test_a_card_that_wants_authentication(order, customer):
    intent = intent_of(customer, order)
    assert try_card(customer, intent, AUTHENTICATE) == "requires_action"
    assert confirm(customer, intent).status_code == 400
    assert order.payments().get().status == "requires_action"
    assert try_card(customer, intent, AUTHENTICATE, authenticate=True) == "succeeded"
    assert confirm(customer, intent).status_code == 200
    order.refresh_from_db()
    assert order.payment_status == "paid"


def test_a_paid_or_cancelled_intent_takes_no_card(order, customer):
    intent = intent_of(customer, order)
    try_card(customer, intent)
    again = customer.post(f"payments/sandbox/{intent}/pay", {"card": DECLINED})
    assert (again.status_code, again.json()["code"]) == (400, "intent_not_payable")
    other = make_order(user=order.user)
    closed = intent_of(customer, other)
    customer.post(f"orders/{other.pk}/cancel")
    assert customer.post(f"payments/sandbox/{closed}/pay", {"card": DECLINED}).status_code == 400


def test_a_real_card_number_is_refused(order, customer):
    intent = intent_of(customer, order)
    answer = customer.post(f"payments/sandbox/{intent}/pay", {"card": "5555555555554444"})
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_test_card")


@pytest.mark.parametrize("moment", ["paid", "cancelled"])
def test_only_an_unpaid_order_is_payable(order, customer, moment):
    if moment == "paid":
        try_card(customer, intent := intent_of(customer, order))
        confirm(customer, intent)
    else:
        customer.post(f"orders/{order.pk}/cancel")
    answer = customer.post(f"orders/{order.pk}/payment-intent")
    assert (answer.status_code, answer.json()["code"]) == (400, "order_not_payable")


@pytest.mark.parametrize(("path", "body"), [("payments/{}/confirm", {}), ("payments/sandbox/{}/pay", {"card": GOOD})])
def test_a_strangers_payment_is_as_good_as_none(order, customer, path, body):
    intent = intent_of(customer, order)
    stranger = client_of(UserFactory())
    foreign = stranger.post(path.format(intent), body)
    missing = stranger.post(path.format("pi_none"), body)
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json() == missing.json()
    assert SandboxIntent.objects.get().status == "requires_payment_method"


def test_a_cancelled_order_is_refunded_to_the_cent():
    order = paid_order()
    answer = client_of(order.user).post(f"orders/{order.pk}/cancel")
    assert answer.json()["order"]["payment_status"] == "refunded"
    assert SandboxIntent.objects.get().refunded == order.total
    assert books_agree(order)
    payment = client_of(order.user).get(f"orders/{order.pk}").json()["order"]["payments"][0]
    assert (payment["status"], payment["refunded_amount"]) == ("refunded", 599.99)


def test_a_switch_to_stripe_does_not_offer_a_sandbox_intent(order, customer, settings, monkeypatch):
    intent_of(customer, order)
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    monkeypatch.setattr("payments.services.ensure_intent", lambda payment: payment)
    assert customer.post(f"orders/{order.pk}/payment-intent").json()["gateway"] == "stripe"


def test_an_order_without_a_price_needs_no_payment():
    order = make_order(price=0)
    assert (order.status, order.payment_status, history(order)) == ("processing", "paid", HISTORY_OF_PAID)
    assert client_of(order.user).post(f"orders/{order.pk}/payment-intent").status_code == 400
    client_of(order.user).post(f"orders/{order.pk}/cancel")
    order.refresh_from_db()
    assert order.status == "cancelled"


def test_staff_who_cancel_refund_too():
    order = paid_order()
    answer = client_of(AdminFactory()).put(f"orders/{order.pk}/status", {"status": "cancelled"})
    assert answer.status_code == 200
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("cancelled", "refunded")
    assert order.status_history.first().created_by.startswith("Admin ")


def test_each_try_is_an_event_in_the_inbox(order, customer):
    intent = intent_of(customer, order)
    try_card(customer, intent, DECLINED)
    event = WebhookEvent.objects.get()
    assert (event.kind, event.status) == ("payment_intent.payment_failed", "received")
    assert json.loads(event.payload)["created"] <= time.time()
