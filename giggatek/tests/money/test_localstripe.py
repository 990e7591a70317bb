"""The Stripe gateway against a Stripe server that remembers: an order's whole way, as a customer goes it."""

import logging
from decimal import Decimal

import pytest

from core.testing.contract import differences
from orders.tests import examples
from orders.tests.shop import client_of, confirm, intent_of, make_order
from payments.gateways.base import GatewayRefused
from payments.gateways.stripe.client import StripeGateway
from payments.models import Refund, SandboxIntent
from payments.tests.localstripe import AUTHENTICATE, DECLINED, SECRET_KEY

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    return make_order(quantity=2)


@pytest.fixture
def customer(order):
    return client_of(order.user)


@pytest.fixture
def intent(order, customer, localstripe):
    return intent_of(customer, order)


def state(order):
    """Where order and money stand."""
    order.refresh_from_db()
    return order.status, order.payment_status


def test_the_intent_is_stripes(order, customer, localstripe):
    body = customer.post(f"orders/{order.pk}/payment-intent").json()
    assert differences(body, examples.INTENT) == []
    assert (body["gateway"], body["publishable_key"], body["amount"]) == ("stripe", "pk_test_shown", 1199.98)
    theirs = localstripe.intent(body["payment_intent_id"])
    assert (theirs["amount"], theirs["currency"]) == (119998, "usd")
    assert theirs["client_secret"] == body["client_secret"]
    assert theirs["metadata"] == {"giggatek_payment": str(order.payments().get().pk)}
    assert intent_of(customer, order) == body["payment_intent_id"]
    assert len(localstripe.intents()) == 1
    assert not SandboxIntent.objects.exists()


def test_a_good_card_settles(order, customer, intent, localstripe):
    assert confirm(customer, intent).status_code == 400
    charge = localstripe.pay(intent)["latest_charge"]
    answer = confirm(customer, intent)
    assert (answer.status_code, answer.json()["status"]) == (200, "succeeded")
    assert state(order) == ("processing", "paid")
    payment = customer.get(f"orders/{order.pk}").json()["order"]["payments"][0]
    assert (payment["payment_method"], payment["transaction_id"]) == ("stripe", charge["id"])
    assert payment["transaction_id"].startswith("ch_")


def test_a_declined_card_may_be_followed_by_a_good_one(order, customer, intent, localstripe):
    assert localstripe.pay(intent, DECLINED)["status"] == "requires_payment_method"
    answer = confirm(customer, intent)
    assert (answer.status_code, answer.json()["error"]) == (400, "Your card was declined.")
    assert state(order) == ("pending", "failed")
    assert order.payments().get().failure_code == "card_declined"


def test_a_card_that_wants_authentication(order, customer, intent, localstripe):
    theirs = localstripe.pay(intent, AUTHENTICATE)
    assert confirm(customer, intent).status_code == 400
    assert order.payments().get().status == "requires_action"
    localstripe.authenticate(intent, theirs["client_secret"], success=True).raise_for_status()
    assert confirm(customer, intent).status_code == 200
    assert state(order) == ("processing", "paid")


def test_a_failed_authentication_is_a_failure(order, customer, intent, localstripe):
    theirs = localstripe.pay(intent, AUTHENTICATE)
    localstripe.authenticate(intent, theirs["client_secret"], success=False)
    answer = confirm(customer, intent)
    assert answer.status_code == 400
    assert "authentication" in answer.json()["error"]
    assert state(order) == ("pending", "failed")


def test_cancelling_a_paid_order_refunds(order, customer, intent, localstripe):
    localstripe.pay(intent)
    confirm(customer, intent)
    assert customer.post(f"orders/{order.pk}/cancel").json()["order"]["payment_status"] == "refunded"
    refund = Refund.objects.get()
    assert refund.gateway_id.startswith("re_")
    charge = localstripe.intent(intent)["latest_charge"]
    assert charge["amount_refunded"] == 119998


def test_cancelling_an_unpaid_order_closes_its_intent(order, customer, intent, localstripe):
    customer.post(f"orders/{order.pk}/cancel")
    assert localstripe.intent(intent)["status"] == "canceled"
    assert order.payments().get().status == "cancelled"
    assert confirm(customer, intent).status_code == 400


def test_cancelling_an_order_that_was_paid_unheard_refunds(order, customer, intent, localstripe, capsys):
    """Stripe refuses to cancel a paid intent; the money is found by that and goes back."""
    localstripe.pay(intent)
    customer.post(f"orders/{order.pk}/cancel")
    assert order.payments().get().status == "succeeded"
    from django.core.management import call_command

    call_command("settle_refunds")
    assert localstripe.intent(intent)["latest_charge"]["amount_refunded"] == 119998


def test_a_refusal_is_not_an_outage(localstripe):
    with pytest.raises(GatewayRefused):
        StripeGateway().retrieve_intent("pi_unknown")
    with pytest.raises(GatewayRefused):
        StripeGateway().refund(
            intent_id="pi_unknown", amount=Decimal("1.00"), currency="USD", idempotency_key="refund-1"
        )


def test_the_sandbox_is_gone(order, customer, intent):
    answer = customer.post(f"payments/sandbox/{intent}/pay", {"card": "4242424242424242"})
    assert (answer.status_code, answer.json()["status"]) == (404, 404)
    assert state(order) == ("pending", "pending")


def test_the_secret_key_stays_secret(order, customer, localstripe, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    answers = [customer.post(f"orders/{order.pk}/payment-intent")]
    intent = answers[0].json()["payment_intent_id"]
    localstripe.pay(intent)
    answers += [confirm(customer, intent), confirm(customer, "pi_unknown"), customer.get(f"orders/{order.pk}")]
    answers += [customer.post(f"orders/{order.pk}/cancel")]
    said = [caplog.text, *capfd.readouterr(), *(answer.content.decode() for answer in answers)]
    assert not [text for text in said if SECRET_KEY in text]
    assert "request_finished" in caplog.text
