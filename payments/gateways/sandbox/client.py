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
from payments.gateways.base import Event, Gateway, GatewayRefused
from payments.gateways.records import Intent, RefundRecord
from payments.gateways.sandbox.cards import AUTHENTICATE, DECLINED, SUCCESS, TestCard, card_of, error_of
from payments.gateways.sandbox.disputes import open_dispute
from payments.gateways.sandbox.movements import book_charge, book_refund
from payments.gateways.stripe.client import KEY_LIFETIME
from payments.gateways.stripe.events import READERS, SIGNATURE_HEADER, read_signed_event
from payments.gateways.stripe.objects import intent_from
from payments.models import Refund, SandboxIntent

__all__ = ["AUTHENTICATE", "DECLINED", "SUCCESS", "SandboxGateway"]


class IntentNotPayable(DomainError):
    """The intent was paid or cancelled."""

    code = "intent_not_payable"


class SandboxGateway(Gateway):
    """Keeps its intents in a table of its own and answers as Stripe would."""

    name = "sandbox"
    key_lifetime = KEY_LIFETIME
    signature_header = SIGNATURE_HEADER
    event_readers = READERS

    @property
    def is_configured(self) -> bool:
        """It stands in for Stripe, as long as that is not configured."""
        return not settings.STRIPE_SECRET_KEY

    @property
    def publishable_key(self) -> str:
        return "pk_sandbox"

    def create_intent(
        self, *, amount: Decimal, currency: str, idempotency_key: str, reference: str, customer_id: str = ""
    ) -> Intent:
        """A new intent, or the one that this key made before."""
        intent_id = f"pi_sandbox_{secrets.token_hex(12)}"
        fields = {
            "intent_id": intent_id,
            "amount": amount,
            "currency": currency,
            "client_secret": f"{intent_id}_secret_{secrets.token_hex(12)}",
            "customer_id": customer_id,
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

    def refund(self, *, intent_id: str, amount: Decimal, currency: str, idempotency_key: str) -> RefundRecord:
        """Give back, once for each key and never more than was paid; nothing while it is disputed or lost."""
        with transaction.atomic():
            intent = find(intent_id, lock=True)
            if idempotency_key not in intent.refund_ids:
                make_refund(intent, amount, idempotency_key)
        refund_id = str(intent.refund_ids[idempotency_key])
        return RefundRecord(refund_id, intent_id, amount, currency, Refund.Status.SUCCEEDED, key=idempotency_key)

    def read_event(self, *, payload: bytes, signature: str) -> Event:
        """Signed as Stripe signs, with the configured secret or one derived from the project's own."""
        return read_signed_event(payload=payload, signature=signature, secret=webhook_secret())


def make_refund(intent: SandboxIntent, amount: Decimal, key: str) -> None:
    """Give back a part of a locked intent. Raises GatewayRefused."""
    if intent.disputes.exclude(status="won").exists():
        raise GatewayRefused("The charge has been charged back.")
    if intent.status != "succeeded" or intent.refunded + amount > intent.amount:
        raise GatewayRefused("The refund exceeds what was paid.")
    refund_id = f"re_sandbox_{secrets.token_hex(12)}"
    intent.refund_ids[key] = refund_id
    intent.refunded += amount
    intent.save(update_fields=["refund_ids", "refunded"])
    book_refund(intent, refund_id=refund_id, amount=to_minor(amount, intent.currency), key=key)


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
    known = card_of(card)
    with transaction.atomic():
        intent = find(intent_id, lock=True)
        if intent.status in ("succeeded", "canceled"):
            raise IntentNotPayable(f"The payment intent is {intent.status}.")
        try_card(intent, known, authenticated=authenticate)
        return intent


def try_card(
    intent: SandboxIntent, card: TestCard, *, authenticated: bool = False, off_session: bool = False
) -> None:
    """What becomes of the intent with this card. Off-session the customer is not there for the bank to ask."""
    asks = card.asks and not authenticated
    intent.failure_code = card.failure_code or ("authentication_required" if asks and off_session else "")
    if intent.failure_code:
        intent.status = "requires_payment_method"
    elif asks:
        intent.status = "requires_action"
    else:
        intent.status, intent.charge_id = "succeeded", f"ch_sandbox_{secrets.token_hex(12)}"
        book_charge(intent)
    intent.save()
    if card.disputes and intent.status == "succeeded":
        open_dispute(intent)


EVENT_KINDS = {
    "succeeded": "payment_intent.succeeded",
    "requires_action": "payment_intent.requires_action",
    "requires_payment_method": "payment_intent.payment_failed",
    "canceled": "payment_intent.canceled",
}


def signed_event(intent: SandboxIntent) -> tuple[bytes, str]:
    """The webhook that Stripe would send now: its raw bytes and its signature header."""
    return signed(EVENT_KINDS[intent.status], as_stripe_object(intent))


def signed(kind: str, data: dict[str, Any]) -> tuple[bytes, str]:
    """An event about the object `data`: its raw bytes and its signature header."""
    event = {
        "id": f"evt_sandbox_{secrets.token_hex(12)}",
        "object": "event",
        "type": kind,
        "created": int(time.time()),
        "data": {"object": data},
    }
    payload = json.dumps(event)
    timestamp = int(time.time())
    signature = stripe.WebhookSignature._compute_signature(f"{timestamp}.{payload}", webhook_secret())
    return payload.encode(), f"t={timestamp},v1={signature}"


def as_stripe_object(intent: SandboxIntent) -> dict[str, Any]:
    """The intent in Stripe's shape, so that both gateways are read by the same code."""
    return {
        "id": intent.intent_id,
        "object": "payment_intent",
        "status": intent.status,
        "amount": to_minor(intent.amount, intent.currency),
        "currency": intent.currency.lower(),
        "client_secret": intent.client_secret,
        "latest_charge": intent.charge_id or None,
        "last_payment_error": error_of(intent.failure_code),
        "customer": intent.customer_id or None,
    }
