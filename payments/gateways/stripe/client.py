"""Stripe, through its official SDK."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import stripe
from django.conf import settings

from core.money import to_minor
from payments.gateways.base import (
    RETRY_AFTER,
    CardDeclined,
    Event,
    Gateway,
    GatewayRefused,
    GatewayUnavailable,
    declined_with,
)
from payments.gateways.records import Intent, RefundRecord
from payments.gateways.stripe.events import READERS, SIGNATURE_HEADER, read_signed_event
from payments.gateways.stripe.objects import REFUND_KEY, intent_from, refund_from

API_VERSION = "2026-10-28.endive"
TIMEOUT = (5, 20)  # seconds to connect, to answer
RETRIES = 2
# Stripe keeps idempotency keys for at least 24 hours: https://docs.stripe.com/api/idempotent_requests
KEY_LIFETIME = timedelta(hours=20)
TRANSIENT = (stripe.APIConnectionError, stripe.RateLimitError, stripe.AuthenticationError)


class StripeGateway(Gateway):
    """PaymentIntents. Idempotency keys let the SDK repeat a call whose answer was lost."""

    name = "stripe"
    key_lifetime = KEY_LIFETIME
    signature_header = SIGNATURE_HEADER
    event_readers = READERS

    def __init__(self) -> None:
        base: Any = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
        self.client = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            stripe_version=API_VERSION,
            base_addresses=base,
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
        )

    @property
    def is_configured(self) -> bool:
        return bool(settings.STRIPE_SECRET_KEY)

    @property
    def publishable_key(self) -> str:
        return settings.STRIPE_PUBLISHABLE_KEY

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

    def refund(self, *, intent_id: str, amount: Decimal, currency: str, idempotency_key: str) -> RefundRecord:
        """A Refund over a part or all of the intent."""
        params: Any = {
            "payment_intent": intent_id,
            "amount": to_minor(amount, currency),
            "metadata": {REFUND_KEY: idempotency_key},
        }
        with typed_errors():
            made = self.client.v1.refunds.create(params, {"idempotency_key": idempotency_key})
        return refund_from(made.to_dict())

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
    seconds = {name.lower(): value for name, value in (error.headers or {}).items()}.get("retry-after", "")
    return min(int(seconds), 60) if seconds.isascii() and seconds.isdigit() and int(seconds) else RETRY_AFTER


def is_refusal(error: stripe.StripeError) -> bool:
    """Whether Stripe itself said no; an answer in no known shape comes from something on the way to it."""
    # 409: another call with the same idempotency key is under way, and its effect is ours.
    return 400 <= (error.http_status or 0) < 500 and error.http_status != 409
