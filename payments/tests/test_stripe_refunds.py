"""What Stripe says of a refund decides what becomes of it: https://docs.stripe.com/refunds#refund-status."""

import json
from decimal import Decimal

import pytest
from django.core.management import call_command

from payments import inbox, services
from payments.models import Payment, Refund, WebhookEvent
from payments.refunds import services as refunds

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(user, flaky_stripe):
    opened = services.open_payment(user=user, amount=Decimal("49.99"), currency="USD", gateway="stripe")
    payment = services.ensure_intent(payment=opened)
    flaky_stripe.settle_all()
    return services.confirm(payment=payment)


def sends(flaky_stripe):
    return [call.path for call in flaky_stripe.calls].count("/v1/refunds")


@pytest.mark.parametrize(
    ("at_stripe", "here"),
    [
        ("succeeded", "succeeded"),
        ("pending", "pending"),
        ("requires_action", "pending"),
        ("failed", "failed"),
        ("canceled", "failed"),
    ],
)
def test_a_refund_stands_where_stripe_says(paid, flaky_stripe, at_stripe, here):
    flaky_stripe.refund_status = at_stripe
    refund = refunds.request_refund(payment=paid, amount=Decimal("9.99"), reason="Scratched")
    sent = refunds.send_refund(refund=refund)
    assert (sent.status, sent.gateway_id) == (here, "re_1")
    paid.refresh_from_db()
    assert paid.refunded_amount == (Decimal("9.99") if here == "succeeded" else 0)


def test_a_pending_refund_is_not_sent_again_and_its_webhook_settles_it(paid, flaky_stripe):
    flaky_stripe.refund_status = "pending"
    refund = refunds.request_refund(payment=paid, amount=Decimal("9.99"), reason="Scratched")
    refunds.send_refund(refund=refund)
    call_command("settle_refunds")
    assert sends(flaky_stripe) == 1
    event = WebhookEvent.objects.keep(
        gateway="stripe", event_id="evt_1", kind="refund.updated", payload=told(flaky_stripe)
    )
    assert inbox.handle(event).status == "handled"
    assert Refund.objects.get().status == "succeeded"
    assert Payment.objects.get().refunded_amount == Decimal("9.99")


def told(flaky_stripe):
    """The event's body: the one refund, done now."""
    (made,) = flaky_stripe.refunds.values()
    return json.dumps({"id": "evt_1", "type": "refund.updated", "data": {"object": {**made, "status": "succeeded"}}})
