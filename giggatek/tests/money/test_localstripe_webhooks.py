"""A Stripe server that posts its own signed webhooks to the running shop."""

import time

import pytest

from orders.models import Order, ShippingMethod
from orders.tests.shop import client_of, intent_of, make_order, run_worker
from payments.models import WebhookEvent
from payments.tests.localstripe import DECLINED

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order():
    ShippingMethod.objects.get_or_create(code="standard", defaults={"name": "Standard"})
    return make_order()


def wait_for_event(kind, intent):
    """The intent's event, once it has come; localstripe sends it a second later, others' stragglers too."""
    for _ in range(100):
        if found := WebhookEvent.objects.filter(kind=kind, payload__contains=intent).first():
            return found
        time.sleep(0.1)
    raise AssertionError(f"no {kind} came")


@pytest.mark.parametrize("path", ["/api/payments/webhook", "/payment/webhook.php"])
def test_stripes_webhook_settles_the_order(order, localstripe, live_server, path):
    localstripe.send_webhooks_to(f"{live_server.url}{path}")
    intent = intent_of(client_of(order.user), order)
    localstripe.pay(intent)
    event = wait_for_event("payment_intent.succeeded", intent)
    assert Order.objects.get().payment_status == "pending"
    run_worker()
    event.refresh_from_db()
    assert event.status == "handled"
    assert (Order.objects.get().status, Order.objects.get().payment_status) == ("processing", "paid")


def test_stripes_webhook_of_a_declined_card(order, localstripe, live_server):
    localstripe.send_webhooks_to(f"{live_server.url}/api/payments/webhook")
    intent = intent_of(client_of(order.user), order)
    localstripe.pay(intent, DECLINED)
    wait_for_event("payment_intent.payment_failed", intent)
    run_worker()
    assert (Order.objects.get().status, Order.objects.get().payment_status) == ("pending", "failed")
