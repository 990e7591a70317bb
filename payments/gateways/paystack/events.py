"""Paystack's events: how they are signed, what tells them apart, and what each kind tells of."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings

from core.money import from_minor
from core.text.canonical import sha256
from payments.gateways.base import Event, InvalidSignature
from payments.gateways.paystack.objects import dispute_from, intent_from, kobo, text
from payments.gateways.records import Record, RefundRecord
from payments.models import Refund

SIGNATURE_HEADER = "x-paystack-signature"


def signature_of(payload: bytes) -> str:
    """The hex HMAC-SHA512 of the raw bytes with the secret key."""
    return hmac.new(settings.PAYSTACK_SECRET_KEY.encode(), payload, hashlib.sha512).hexdigest()


def read_signed_event(*, payload: bytes, signature: str) -> Event:
    """The event in `payload`. Raises InvalidSignature, also when no key is configured.

    Whatever is signed is an event, nonsense too: what has no id is known by its bytes, so that it is kept once.
    """
    if not settings.PAYSTACK_SECRET_KEY:
        raise InvalidSignature
    if not hmac.compare_digest(signature_of(payload).encode(), signature.encode(errors="replace")):
        raise InvalidSignature
    body = body_in(payload)
    kind, data = word(body.get("event")), body.get("data")
    object_id = word(data.get("id")) if isinstance(data, dict) else ""
    return Event(id=f"{kind}:{object_id}" if kind and object_id else f"bytes:{sha256(payload)}", kind=kind)


def body_in(payload: bytes) -> dict[str, Any]:
    """The JSON object; an empty one for anything else."""
    try:
        body = json.loads(payload.decode())  # as a text, as it is kept and read again
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def word(value: Any) -> str:
    """A text or number that a table can hold; "" for anything else."""
    try:
        return text(value)
    except (TypeError, ValueError):
        return ""


def charge_in(event: Any) -> Record:
    intent = intent_from(event["data"])
    if intent is None:
        raise ValueError("A charge that is not decided.")
    return intent


def refund_in(event: Any) -> Record:
    """The event names the transaction alone; which of its refunds it means, only the list says."""
    data = event["data"]
    currency = text(data["currency"]).upper()
    reference, amount = text(data["transaction_reference"]), from_minor(kobo(data["amount"]), currency)
    return RefundRecord("", reference, amount, currency, Refund.Status.PENDING)


def dispute_in(event: Any) -> Record:
    return dispute_from(event["data"])


# https://paystack.com/docs/payments/webhooks/#types-of-events
READERS: Mapping[str, Callable[[Any], Record]] = {
    "charge.success": charge_in,
    "refund.pending": refund_in,
    "refund.processing": refund_in,
    "refund.processed": refund_in,
    "refund.failed": refund_in,
    "refund.needs-attention": refund_in,
    "charge.dispute.create": dispute_in,
    "charge.dispute.remind": dispute_in,
    "charge.dispute.resolve": dispute_in,
}
