"""Stripe, through its official SDK."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import stripe
from django.conf import settings

from core.money import from_minor, to_minor
from payments.cards.declines import Decline, kind_of
from payments.gateways.base import (
    RETRY_AFTER,
    CardDeclined,
    Event,
    Gateway,
    GatewayRefused,
    GatewayUnavailable,
    Intent,
    Status,
    declined_with,
)
from payments.gateways.stripe.events import read_signed_event
from payments.models import Payment

API_VERSION = "2026-10-28.endive"
TIMEOUT = (5, 20)  # seconds to connect, to answer
RETRIES = 2
REFUND_KEY = "giggatek_refund"  # the metadata under which our refunds carry their idempotency key

STATUSES = {
    "requires_payment_method": Status.CREATED,
    "requires_confirmation": Status.CREATED,
    "requires_capture": Status.PROCESSING,
    "requires_action": Status.REQUIRES_ACTION,
    "processing": Status.PROCESSING,
    "succeeded": Status.SUCCEEDED,
    "canceled": Status.CANCELLED,
}
WAITING = ("requires_payment_method", "requires_confirmation")
TRANSIENT = (stripe.APIConnectionError, stripe.RateLimitError, stripe.AuthenticationError)


class StripeGateway(Gateway):
    """PaymentIntents. Idempotency keys let the SDK repeat a call whose answer was lost."""

    name = "stripe"

    def __init__(self) -> None:
        base: Any = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
        self.client = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            stripe_version=API_VERSION,
            base_addresses=base,
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
        )

    def create_intent(
        self, *, amount: Decimal, currency: str, idempotency_key: str, reference: str, customer_id: str = ""
    ) -> Intent:
        """A PaymentIntent with the payment methods that the account allows."""
        params: Any = {
            "amount": to_minor(amount, currency),
            "currency": currency.lower(),
            "metadata": {"giggatek_payment": reference},
        }
        if customer_id:
            params["customer"] = customer_id
        with typed_errors():
            made = self.client.v1.payment_intents.create(params, {"idempotency_key": idempotency_key})
        return intent_from(made)

    def retrieve_intent(self, intent_id: str) -> Intent:
        """The PaymentIntent as it stands now."""
        with typed_errors():
            return intent_from(self.client.v1.payment_intents.retrieve(intent_id))

    def cancel_intent(self, intent_id: str) -> Intent:
        """Cancel; Stripe refuses that for a paid or cancelled intent, which is then read instead."""
        try:
            with typed_errors():
                return intent_from(self.client.v1.payment_intents.cancel(intent_id))
        except GatewayRefused:
            return self.retrieve_intent(intent_id)

    def refund(self, *, intent_id: str, amount: Decimal, currency: str, idempotency_key: str) -> str:
        """A Refund over a part or all of the intent."""
        params: Any = {
            "payment_intent": intent_id,
            "amount": to_minor(amount, currency),
            "metadata": {REFUND_KEY: idempotency_key},
        }
        with typed_errors():
            return self.client.v1.refunds.create(params, {"idempotency_key": idempotency_key}).id

    def read_event(self, *, payload: bytes, signature: str) -> Event:
        """Verified with the endpoint's secret, at most five minutes old."""
        return read_signed_event(payload=payload, signature=signature, secret=settings.STRIPE_WEBHOOK_SECRET)


@contextmanager
def typed_errors() -> Iterator[None]:
    """Turn the SDK's errors into ours: what may pass by itself, and what will not."""
    try:
        yield
    except stripe.CardError as error:
        code = getattr(error.error, "decline_code", None) or error.code or ""
        raise CardDeclined(error.user_message, details=declined_with(code)) from error
    except stripe.StripeError as error:
        if isinstance(error, TRANSIENT) or not is_refusal(error):
            raise GatewayUnavailable(retry_after=wait_of(error)) from error
        raise GatewayRefused(error.user_message) from error


def wait_of(error: stripe.StripeError) -> int:
    """How many seconds Stripe wants us to wait, at most a minute; a few when it does not say."""
    told = {name.lower(): value for name, value in (error.headers or {}).items()}.get("retry-after", "")
    return min(int(told), 60) if told.isascii() and told.isdigit() and int(told) else RETRY_AFTER


def is_refusal(error: stripe.StripeError) -> bool:
    """Whether Stripe itself said no; an answer in no known shape comes from something on the way to it."""
    # 409: another call with the same idempotency key is under way, and its effect is ours.
    return 400 <= (error.http_status or 0) < 500 and error.http_status != 409


def intent_from(source: Any) -> Intent:
    """An Intent from Stripe's object: the SDK's, or the dictionary inside an event."""
    data = source.to_dict() if isinstance(source, stripe.StripeObject) else source
    failure = data.get("last_payment_error") or {}
    code = failure.get("decline_code") or failure.get("code") or ""
    return Intent(
        id=data["id"],
        status=status_of(data["status"], declined=bool(failure), code=code),
        amount=from_minor(data["amount"], data["currency"]),
        currency=data["currency"].upper(),
        client_secret=data.get("client_secret") or "",
        charge_id=id_of(data.get("latest_charge")),
        failure_code=code,
        failure_message=failure.get("message") or "",
        customer_id=id_of(data.get("customer")),
        waits_for_a_card=data["status"] in WAITING,
    )


def id_of(value: Any) -> str:
    """The id of an object that Stripe names by its id, or shows whole when it was asked to; "" for none."""
    return value["id"] if isinstance(value, dict) else value or ""


def status_of(stripe_status: str, *, declined: bool, code: str) -> Payment.Status:
    """Our word for Stripe's; an intent that waits for another card after a decline has failed for now.

    One that was declined since nobody was there to authenticate it waits for the customer.
    """
    status = STATUSES.get(stripe_status, Status.PROCESSING)
    if status != Status.CREATED or not declined:
        return status
    return Status.REQUIRES_ACTION if kind_of(code) is Decline.AUTHENTICATION else Status.FAILED
