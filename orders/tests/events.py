"""Webhook events as Stripe would send them, signed with the sandbox's secret."""

import itertools
import json

import stripe

from core.testing.client import ApiClient
from payments.gateways.sandbox.client import as_stripe_object, webhook_secret
from payments.models import SandboxIntent

NUMBERS = itertools.count(1)


def event(intent_id, kind="payment_intent.succeeded", *, event_id=None, **changes):
    """An event about the intent as the sandbox has it now, with some of its values changed."""
    data = {**as_stripe_object(SandboxIntent.objects.get(intent_id=intent_id)), **changes}
    return {"id": event_id or f"evt_{next(NUMBERS)}", "type": kind, "data": {"object": data}}


def raw(body):
    """The bytes of a body."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def sign(payload, *, secret=None, timestamp=None):
    """Stripe's signature header for these bytes."""
    return stripe.WebhookSignature.generate_signature_header(
        payload.decode(), secret or webhook_secret(), timestamp=timestamp
    )


def deliver(body, *, signature=None, path="/api/payments/webhook"):
    """Post an event as the gateway would; a good signature unless another is given."""
    payload = raw(body)
    header = sign(payload) if signature is None else signature
    headers = {"HTTP_STRIPE_SIGNATURE": header} if header else {}
    return ApiClient().generic("POST", path, payload, content_type="application/json", **headers)
