"""Money that staff take and give back by hand: cash, a cheque, a transfer. No network, no intents, no events."""

from datetime import timedelta
from decimal import Decimal

from payments.gateways.base import Event, Gateway, GatewayRefused, InvalidSignature
from payments.gateways.records import Intent, RefundRecord
from payments.models import Refund
from payments.models.payment import MANUAL

BY_HAND = "by-hand"
NO_INTENT = "Money taken by hand has no payment intent."


class ManualGateway(Gateway):
    """Never takes a payment that was opened; `payments.services.record_by_hand` writes what it took."""

    name = MANUAL
    key_lifetime = timedelta.max

    @property
    def is_configured(self) -> bool:
        return False

    def create_intent(
        self, *, amount: Decimal, currency: str, idempotency_key: str, reference: str, customer_id: str = ""
    ) -> Intent:
        raise GatewayRefused(NO_INTENT)

    def retrieve_intent(self, intent_id: str) -> Intent:
        raise GatewayRefused(NO_INTENT)

    def cancel_intent(self, intent_id: str) -> Intent:
        raise GatewayRefused(NO_INTENT)

    def refund(self, *, intent_id: str, amount: Decimal, currency: str, idempotency_key: str) -> RefundRecord:
        """Whoever asked for the refund gives the money back by hand, so that it counts as done."""
        return RefundRecord(BY_HAND, intent_id, amount, currency, Refund.Status.SUCCEEDED, key=idempotency_key)

    def read_event(self, *, payload: bytes, signature: str) -> Event:
        raise InvalidSignature
