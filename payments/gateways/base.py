"""What every gateway can do, in our own words."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from core.errors import DomainError
from payments.models import Payment

Status = Payment.Status


class GatewayUnavailable(DomainError):
    """The gateway did not answer, or not in time; the same call may be made again."""

    status = 503
    code = "gateway_unavailable"
    message = "The payment provider does not answer. Try again in a moment."


class GatewayRefused(DomainError):
    """The gateway understood and refused; asking again does not help."""

    code = "gateway_refused"
    message = "The payment provider refused the request."


class InvalidSignature(DomainError):
    """The webhook was not signed by the gateway, or long ago."""

    code = "invalid_signature"
    message = "The webhook's signature is missing or wrong."


@dataclass(frozen=True)
class Intent:
    """A payment intent as a gateway sees it; `status` is one of Payment.Status."""

    id: str
    status: Payment.Status
    amount: Decimal
    currency: str
    client_secret: str = ""
    charge_id: str = ""
    failure_code: str = ""
    failure_message: str = ""


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
    def create_intent(self, *, amount: Decimal, currency: str, idempotency_key: str, reference: str) -> Intent:
        """A new intent over `amount`; `reference` is our own key, kept in its metadata."""

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
