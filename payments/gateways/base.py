"""What every gateway can do, in our own words."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from core.errors import Details, DomainError
from payments.models import Payment

Status = Payment.Status


RETRY_AFTER = 5  # seconds that a client waits when the gateway does not say how long


class GatewayUnavailable(DomainError):
    """The gateway did not answer, or not in time; the same call may be made again, `retry_after` seconds later."""

    status = 503
    code = "gateway_unavailable"
    message = "The payment provider does not answer. Try again in a moment."

    def __init__(self, message: str | None = None, *, retry_after: int = RETRY_AFTER) -> None:
        super().__init__(message, retry_after=retry_after)


class GatewayRefused(DomainError):
    """The gateway understood and refused; asking again does not help."""

    code = "gateway_refused"
    message = "The payment provider refused the request."


class CardDeclined(GatewayRefused):
    """The bank refused, in the words that the customer may read; `details` has its code."""

    code = "card_declined"
    message = "The card was declined."


def declined_with(code: str) -> Details | None:
    """The details of a refusal that follows from a decline: Stripe's code for it."""
    return {"decline_code": [code]} if code else None


class InvalidSignature(DomainError):
    """The webhook was not signed by the gateway, or long ago."""

    code = "invalid_signature"
    message = "The webhook's signature is missing or wrong."


@dataclass(frozen=True)
class Intent:
    """A payment intent as a gateway sees it; `status` is one of Payment.Status.

    `waits_for_a_card` while one can be tried, after a decline too; not while the customer authenticates another.
    """

    id: str
    status: Payment.Status
    amount: Decimal
    currency: str
    client_secret: str = ""
    charge_id: str = ""
    failure_code: str = ""
    failure_message: str = ""
    customer_id: str = ""
    waits_for_a_card: bool = False


@dataclass(frozen=True)
class Event:
    """A webhook event: its id, its kind in Stripe's words, and the object that it tells of."""

    id: str
    kind: str
    object: dict[str, Any] = field(default_factory=dict)


class Gateway(ABC):
    """One provider. Every call has a timeout and raises GatewayUnavailable or GatewayRefused.

    A call with an idempotency key may be repeated; it has one effect.
    """

    name: ClassVar[str]

    @abstractmethod
    def create_intent(
        self, *, amount: Decimal, currency: str, idempotency_key: str, reference: str, customer_id: str = ""
    ) -> Intent:
        """A new intent over `amount`; `reference` is our own key, kept in its metadata.

        With `customer_id` it is tied to a customer of the card vault. A key belongs to the arguments that it first
        came with.
        """

    @abstractmethod
    def retrieve_intent(self, intent_id: str) -> Intent:
        """The intent as it stands now."""

    @abstractmethod
    def cancel_intent(self, intent_id: str) -> Intent:
        """The intent, which nobody can pay any longer; one that was paid comes back as succeeded."""

    @abstractmethod
    def refund(self, *, intent_id: str, amount: Decimal, currency: str, idempotency_key: str) -> str:
        """Give `amount` back; the gateway's id of the refund."""

    @abstractmethod
    def read_event(self, *, payload: bytes, signature: str) -> Event:
        """The event in a webhook's raw bytes. Raises InvalidSignature."""
