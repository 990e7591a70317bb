"""Stripe's events, which the sandbox sends too: how they are signed, and what each kind tells of."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import stripe

from payments.gateways.base import Event, InvalidSignature
from payments.gateways.records import Intent, Record
from payments.gateways.stripe.objects import dispute_from, intent_from, refund_from

SIGNATURE_HEADER = "Stripe-Signature"
TOLERANCE = 300  # seconds that a signature stays good, as Stripe's SDK has it


def read_signed_event(*, payload: bytes, signature: str, secret: str) -> Event:
    """The event in `payload`. Raises InvalidSignature, also when no secret is configured."""
    if not secret:
        raise InvalidSignature("No webhook secret is configured.")
    try:
        stripe.WebhookSignature.verify_header(payload, signature, secret, TOLERANCE)
        data = json.loads(payload.decode())  # as a text, as it is kept and read again
        dict(data["data"]["object"])
        return Event(id=name(data["id"]), kind=text(data["type"]))
    except stripe.SignatureVerificationError as error:
        raise InvalidSignature from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidSignature("The webhook's body is not an event.") from error


def name(value: object) -> str:
    """A text with something in it, which tells events apart. Raises TypeError, ValueError."""
    if not value:
        raise ValueError("Nothing in it.")
    return text(value)


def text(value: object) -> str:
    """A text that a table can hold. Raises TypeError, or UnicodeError for half a character."""
    if not isinstance(value, str):
        raise TypeError("Not a text.")
    value.encode()
    return value


def intent_in(event: Any) -> Intent:
    intent = intent_from(event["data"]["object"])
    text(intent.id)
    return intent


def refund_in(event: Any) -> Record:
    return refund_from(event["data"]["object"])


def dispute_in(event: Any) -> Record:
    return dispute_from(event["data"]["object"])


# https://docs.stripe.com/api/events/types
READERS: Mapping[str, Callable[[Any], Record]] = {
    "payment_intent.succeeded": intent_in,
    "payment_intent.payment_failed": intent_in,
    "payment_intent.processing": intent_in,
    "payment_intent.requires_action": intent_in,
    "payment_intent.canceled": intent_in,
    "refund.created": refund_in,
    "refund.updated": refund_in,
    "refund.failed": refund_in,
    "charge.refund.updated": refund_in,
    "charge.dispute.created": dispute_in,
    "charge.dispute.updated": dispute_in,
    "charge.dispute.closed": dispute_in,
    "charge.dispute.funds_withdrawn": dispute_in,
    "charge.dispute.funds_reinstated": dispute_in,
}
