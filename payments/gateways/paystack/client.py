"""Paystack: the browser's popup makes the transaction, under a reference of ours."""

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.conf import settings

from core.money import to_minor
from core.text.canonical import sha256
from payments.gateways.base import UNREADABLE, Event, Gateway, GatewayRefused, GatewayUnavailable
from payments.gateways.paystack.events import READERS, SIGNATURE_HEADER, read_signed_event
from payments.gateways.paystack.objects import CURRENCY, intent_from, refund_from
from payments.gateways.paystack.wire import NAME, call
from payments.gateways.records import Intent, RefundRecord
from payments.models import Payment


class PaystackGateway(Gateway):
    """It knows no idempotency keys, cancels nothing, and learns a reference when it is paid.

    `/transaction/initialize` is never called: Paystack would refuse the popup with the same reference.
    """

    name = NAME
    signature_header = SIGNATURE_HEADER
    event_readers = READERS
    payer_names_amount = True

    @property
    def is_configured(self) -> bool:
        return bool(settings.PAYSTACK_SECRET_KEY)

    @property
    def publishable_key(self) -> str:
        return settings.PAYSTACK_PUBLIC_KEY

    def takes(self, currency: str) -> bool:
        return currency == CURRENCY

    def create_intent(
        self, *, amount: Decimal, currency: str, idempotency_key: str, reference: str, customer_id: str = ""
    ) -> Intent:
        """The reference of this key; the popup brings it to Paystack."""
        return Intent(f"PNG-{sha256(idempotency_key)[:32]}", Payment.Status.CREATED, amount, currency)

    def retrieve_intent(self, intent_id: str) -> Intent | None:
        """What became of the reference; None while it is unknown there, abandoned or under way."""
        try:
            data = verified(intent_id)
        except GatewayRefused:
            return None
        try:
            return intent_from(data)
        except UNREADABLE as error:
            raise GatewayUnavailable from error

    def cancel_intent(self, intent_id: str) -> Intent | None:
        """Paystack cancels nothing: whoever has the popup open can still pay."""
        return self.retrieve_intent(intent_id)

    def refund(self, *, intent_id: str, amount: Decimal, currency: str, idempotency_key: str) -> RefundRecord:
        """One more refund for each call, with our key in its note."""
        asked = {
            "transaction": charge_id_of(intent_id),
            "amount": to_minor(amount, currency),
            "currency": currency,
            "merchant_note": idempotency_key,
        }
        answer = call("POST", "/refund", body=asked)
        try:
            return refund_from(answer["data"])
        except UNREADABLE as error:
            raise GatewayUnavailable from error

    def read_event(self, *, payload: bytes, signature: str) -> Event:
        return read_signed_event(payload=payload, signature=signature)


def verified(reference: str) -> dict[str, Any]:
    """The transaction of this reference. Raises GatewayRefused when there is none."""
    data = call("GET", f"/transaction/verify/{quote(reference, safe='')}").get("data")
    if not isinstance(data, dict) or data.get("reference") != reference:
        raise GatewayUnavailable
    return data


def charge_id_of(intent_id: str) -> str:
    """Paystack's id of the transaction with this reference. Raises GatewayRefused when there is none."""
    payment = Payment.objects.known_as(gateway=NAME, intent_id=intent_id)
    if payment is not None and payment.charge_id:
        return payment.charge_id
    return str(verified(intent_id)["id"])
