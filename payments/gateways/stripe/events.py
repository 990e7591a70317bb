"""Stripe's way to sign events, which the sandbox speaks too."""

import json

import stripe

from payments.gateways.base import Event, InvalidSignature

TOLERANCE = 300  # seconds that a signature stays good, as Stripe's SDK has it


def read_signed_event(*, payload: bytes, signature: str, secret: str) -> Event:
    """The event in `payload`. Raises InvalidSignature, also when no secret is configured."""
    if not secret:
        raise InvalidSignature("No webhook secret is configured.")
    try:
        stripe.WebhookSignature.verify_header(payload, signature, secret, TOLERANCE)
        data = json.loads(payload.decode())  # as a text, as it is kept and read again
        return Event(id=name(data["id"]), kind=text(data["type"]), object=dict(data["data"]["object"]))
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
