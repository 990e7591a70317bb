"""Stripe on a bad day: whatever happens on the line, one intent, one refund, a 503 and another try."""

import pytest
from django.core.management import call_command

from orders.tests.shop import client_of, confirm, intent_of, make_order
from payments.models import Payment, Refund
from payments.tests.flaky_stripe import SECRET_KEY

pytestmark = pytest.mark.django_db

OUTAGES = ["drop", "silence", 500, 502, 503, 429, 409, 401]
LONG = 3  # the SDK tries three times


@pytest.fixture
def order():
    return make_order()


@pytest.fixture
def customer(order):
    return client_of(order.user)


@pytest.mark.parametrize("fault", [*OUTAGES, "drop after"])
def test_an_outage_is_a_503_and_the_next_try_makes_the_one_intent(order, customer, flaky_stripe, fault, caplog):
    flaky_stripe.faults = [fault] * LONG
    answer = customer.post(f"orders/{order.pk}/payment-intent")
    assert (answer.status_code, answer.json()["code"]) == (503, "gateway_unavailable")
    assert Payment.objects.get().intent_id is None
    flaky_stripe.faults = []
    assert intent_of(customer, order) == "pi_1"
    assert len(flaky_stripe.made) == Payment.objects.count() == 1
    assert SECRET_KEY not in caplog.text + answer.content.decode()


@pytest.mark.parametrize("fault", ["drop", "drop after", "silence", 500, 409])
def test_a_short_trouble_is_not_even_seen(order, customer, flaky_stripe, fault):
    flaky_stripe.faults = [fault]
    assert intent_of(customer, order) == "pi_1"
    keys = {call.key for call in flaky_stripe.calls}
    assert (len(flaky_stripe.calls), len(keys), len(flaky_stripe.made)) == (2, 1, 1)


@pytest.mark.parametrize("fault", [*OUTAGES, "garbage"])
def test_confirming_during_an_outage_loses_nothing(order, customer, flaky_stripe, fault):
    intent = intent_of(customer, order)
    flaky_stripe.settle_all()
    flaky_stripe.faults = [fault] * LONG
    assert confirm(customer, intent).status_code == 503
    order.refresh_from_db()
    assert order.payment_status == "pending"
    flaky_stripe.faults = []
    assert confirm(customer, intent).status_code == 200
    order.refresh_from_db()
    assert order.payment_status == "paid"


@pytest.mark.parametrize("fault", [*OUTAGES, "drop after", "garbage"])
def test_a_refund_outlives_an_outage_and_is_made_once(order, customer, flaky_stripe, fault):
    intent = intent_of(customer, order)
    flaky_stripe.settle_all()
    confirm(customer, intent)
    flaky_stripe.faults = [fault] * LONG
    answer = customer.post(f"orders/{order.pk}/cancel")
    assert (answer.status_code, answer.json()["order"]["payment_status"]) == (200, "paid")
    assert Refund.objects.get().status == "pending"
    flaky_stripe.faults = []
    call_command("settle_refunds")
    assert Refund.objects.get().status == "succeeded"
    assert len(flaky_stripe.refunds) == 1
    order.refresh_from_db()
    assert order.payment_status == "refunded"


def test_a_refusal_of_the_gateway_is_a_400(order, customer, flaky_stripe):
    flaky_stripe.faults = [400]
    answer = customer.post(f"orders/{order.pk}/payment-intent")
    assert (answer.status_code, answer.json()["code"]) == (400, "gateway_refused")


def test_an_outage_while_cancelling_leaves_the_intent_to_the_refund(order, customer, flaky_stripe):
    intent = intent_of(customer, order)
    flaky_stripe.faults = [500] * LONG
    assert customer.post(f"orders/{order.pk}/cancel").status_code == 200
    flaky_stripe.settle_all()
    assert confirm(customer, intent).status_code == 200
    call_command("settle_refunds")
    assert len(flaky_stripe.refunds) == 1
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("cancelled", "pending")


def test_expiry_waits_for_a_gateway_that_does_not_answer(order, customer, flaky_stripe, settings):
    intent_of(customer, order)
    settings.ORDER_HOLD_MINUTES = -1
    flaky_stripe.faults = [500] * LONG
    call_command("expire_orders")
    order.refresh_from_db()
    assert order.status == "pending"
    call_command("expire_orders")
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert flaky_stripe.made.popitem()[1]["status"] == "canceled"


def test_expiry_spares_an_order_whose_money_is_on_its_way(order, customer, flaky_stripe, settings):
    intent_of(customer, order)
    settings.ORDER_HOLD_MINUTES = -1
    flaky_stripe.find("/v1/payment_intents/pi_1")["status"] = "processing"
    flaky_stripe.faults = [402]
    call_command("expire_orders")
    order.refresh_from_db()
    assert order.status == "pending"
