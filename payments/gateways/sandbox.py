"""The built-in sandbox: Stripe's life cycle without Stripe, for demos and tests."""

import json
import secrets
import time
from decimal import Decimal
from typing import Any

import stripe
from django.conf import settings
from django.db import transaction

from core.errors import DomainError
from core.money import to_minor
from payments.gateways.base import Event, Gateway, GatewayRefused, Intent
from payments.gateways.events import read_signed_event
from payments.gateways.stripe import intent_from
from payments.models import SandboxIntent

SUCCESS, DECLINED, AUTHENTICATE = "4242424242424242", "4000000000000002", "4000002500003155"
DECLINE_MESSAGE = "Your card was declined."


class UnknownCard(DomainError):
    """The sandbox knows only its test cards; a real number has no business here."""

    code = "unknown_test_card"
    message = f"card: use one of the test cards {SUCCESS}, {DECLINED} or {AUTHENTICATE}."


class IntentNotPayable(DomainError):
    """The intent was paid or cancelled."""

    code = "intent_not_payable"


class SandboxGateway(Gateway):
    """Keeps its intents in a table of its own and answers as Stripe would."""

    name = "sandbox"

    def create_intent(self, *, amount: Decimal, currency: str, idempotency_key: str, reference: str) -> Intent:
        """A new intent, or the one that this key made before."""
        intent_id = f"pi_sandbox_{secrets.token_hex(12)}"
        fields = {
            "intent_id": intent_id,
            "amount": amount,
            "currency": currency,
            "client_secret": f"{intent_id}_secret_{secrets.token_hex(12)}",
        }
        made, _ = SandboxIntent.objects.get_or_create(idempotency_key=idempotency_key, defaults=fields)
        return intent_from(as_stripe_object(made))

    def retrieve_intent(self, intent_id: str) -> Intent:
        """The intent as it stands now."""
        return intent_from(as_stripe_object(find(intent_id)))

    def cancel_intent(self, intent_id: str) -> Intent:
        """Cancel, unless it was paid."""
        SandboxIntent.objects.filter(intent_id=intent_id).exclude(status="succeeded").update(status="canceled")
        return self.retrieve_intent(intent_id)

    def refund(self, *, intent_id: str, amount: Decimal, currency: str, idempotency_key: str) -> str:
        """Give back, once for each key and never more than was paid."""
        with transaction.atomic():
            intent = find(intent_id, lock=True)
            if idempotency_key in intent.refund_ids:
                return str(intent.refund_ids[idempotency_key])
            if intent.status != "succeeded" or intent.refunded + amount > intent.amount:
                raise GatewayRefused("The refund exceeds what was paid.")
            intent.refund_ids[idempotency_key] = f"re_sandbox_{secrets.token_hex(12)}"
            intent.refunded += amount
            intent.save(update_fields=["refund_ids", "refunded"])
            return str(intent.refund_ids[idempotency_key])

    def read_event(self, *, payload: bytes, signature: str) -> Event:
        """Signed as Stripe signs, with the configured secret or one derived from the project's own."""
        return read_signed_event(payload=payload, signature=signature, secret=webhook_secret())


def webhook_secret() -> str:
    """What the sandbox signs its events with."""
    return settings.STRIPE_WEBHOOK_SECRET or f"whsec_sandbox_{settings.SECRET_KEY}"


def find(intent_id: str, *, lock: bool = False) -> SandboxIntent:
    """The intent. Raises GatewayRefused when there is none."""
    intents = SandboxIntent.objects.select_for_update() if lock else SandboxIntent.objects
    try:
        return intents.get(intent_id=intent_id)
    except SandboxIntent.DoesNotExist as error:
        raise GatewayRefused("There is no such payment intent.") from error


def pay(*, intent_id: str, card: str, authenticate: bool = False) -> SandboxIntent:
    """Do what Stripe's script does in a browser: try `card` on the intent. Raises UnknownCard, IntentNotPayable."""
    if card not in (SUCCESS, DECLINED, AUTHENTICATE):
        raise UnknownCard
    with transaction.atomic():
        intent = find(intent_id, lock=True)
        if intent.status in ("succeeded", "canceled"):
            raise IntentNotPayable(f"The payment intent is {intent.status}.")
        intent.failure_code = ""
        if card == DECLINED:
            intent.status, intent.failure_code = "requires_payment_method", "card_declined"
        elif card == AUTHENTICATE and not authenticate:
            intent.status = "requires_action"
        else:
            intent.status, intent.charge_id = "succeeded", f"ch_sandbox_{secrets.token_hex(12)}"
        intent.save(update_fields=["status", "failure_code", "charge_id"])
        return intent


EVENT_KINDS = {
    "succeeded": "payment_intent.succeeded",
    "requires_action": "payment_intent.requires_action",
    "requires_payment_method": "payment_intent.payment_failed",
    "canceled": "payment_intent.canceled",
}


def signed_event(intent: SandboxIntent) -> tuple[bytes, str]:
    """The webhook that Stripe would send now: its raw bytes and its signature header."""
    event = {
        "id": f"evt_sandbox_{secrets.token_hex(12)}",
        "object": "event",
        "type": EVENT_KINDS[intent.status],
        "created": int(time.time()),
        "data": {"object": as_stripe_object(intent)},
    }
    payload = json.dumps(event)
    timestamp = int(time.time())
    signature = stripe.WebhookSignature._compute_signature(f"{timestamp}.{payload}", webhook_secret())
    return payload.encode(), f"t={timestamp},v1={signature}"


def as_stripe_object(intent: SandboxIntent) -> dict[str, Any]:
    """The intent in Stripe's shape, so that both gateways are read by the same code."""
    error = {"code": intent.failure_code, "message": DECLINE_MESSAGE} if intent.failure_code else None
    return {
        "id": intent.intent_id,
        "object": "payment_intent",
        "status": intent.status,
        "amount": to_minor(intent.amount, intent.currency),
        "currency": intent.currency.lower(),
        "client_secret": intent.client_secret,
        "latest_charge": intent.charge_id or None,
        "last_payment_error": error,
    }
