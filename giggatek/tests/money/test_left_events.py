"""An event whose worker was killed is not lost."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from orders.fulfilment import payment_intent_for
from orders.tests.shop import make_order
from payments import inbox
from payments.gateways.sandbox import client as sandbox
from payments.models import WebhookEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def left():
    """An order that was paid, and whose event was not acted on."""
    order = make_order()
    intent = sandbox.pay(intent_id=payment_intent_for(order=order).intent_id, card=sandbox.SUCCESS)
    payload, signature = sandbox.signed_event(intent)
    inbox.receive(gateway="sandbox", payload=payload, signature=signature)
    return order


def test_a_fresh_event_is_left_to_the_worker(left, capsys):
    call_command("handle_webhooks")
    assert WebhookEvent.objects.get().status == WebhookEvent.Status.RECEIVED
    assert "handled: 0" in capsys.readouterr().out


def test_an_old_one_is_handled_once(left, capsys):
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        call_command("handle_webhooks")
        call_command("handle_webhooks")
    left.refresh_from_db()
    assert (left.status, left.payment_status) == ("processing", "paid")
    assert capsys.readouterr().out.split("\n")[:2] == ["webhook events handled: 1", "webhook events handled: 0"]
