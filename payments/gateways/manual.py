"""Money that staff take and give back by hand: cash, a cheque, a transfer. No network, no intents, no events."""

from decimal import Decimal

from payments.gateways.base import Event, Gateway, GatewayRefused, Intent, InvalidSignature
from payments.models.payment import MANUAL

BY_HAND = "by-hand"


class ManualGateway(Gateway):
    """Never takes a payment that was opened; `payments.services.record_by_hand` writes what it took."""

    name = MANUAL

    def create_intent(
        self, *, amount: Decimal, currency: str, idempotency_key: str, reference: str, customer_id: str = ""
    ) -> Intent:
        """There are no intents here."""
        raise GatewayRefused("Money taken by hand has no payment intent.")

    def retrieve_intent(self, intent_id: str) -> Intent:
        """There are no intents here."""
        raise GatewayRefused("Money taken by hand has no payment intent.")

    def cancel_intent(self, intent_id: str) -> Intent:
        """There are no intents here."""
        raise GatewayRefused("Money taken by hand has no payment intent.")

    def refund(self, *, intent_id: str, amount: Decimal, currency: str, idempotency_key: str) -> str:
        """Whoever asked for the refund gives the money back by hand, so that it counts as done."""
        return BY_HAND

    def read_event(self, *, payload: bytes, signature: str) -> Event:
        """Nobody sends events."""
        raise InvalidSignature
