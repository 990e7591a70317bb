"""What every gateway can do, in our own words."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from core.errors import Details, DomainError
from core.money import ZERO
from payments.gateways.records import BalanceTransaction, DisputeRecord, Intent, Record, RefundRecord

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


class UnreadableEvent(DomainError):
    """The event is signed, and what it tells of cannot be read."""

    code = "unreadable_event"
    message = "The event's object cannot be read."


# What reading a body may raise that is not what it should be.
UNREADABLE = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, OSError, RecursionError)


@dataclass(frozen=True)
class Event:
    """A webhook event: the gateway's id of it, or one that follows from its content, and its kind ("" for none)."""

    id: str
    kind: str


class Gateway(ABC):
    """One provider. Every call has a timeout and raises GatewayUnavailable or GatewayRefused.

    A call with an idempotency key may be repeated; it has one effect. Where the gateway knows no such keys
    (`key_lifetime` is zero), `create_intent` mints its reference from the key, and refunds are looked for among the
    payment's (`Books.refunds_of`) before every try: `refund` must leave the key where that list finds it.
    """

    name: ClassVar[str]
    # For how long a repeated idempotency key has no second effect.
    key_lifetime: ClassVar[timedelta] = timedelta(0)
    # The header that signs a webhook; "" where there are none.
    signature_header: ClassVar[str] = ""
    # What a kind of event tells of, read from the event's JSON; other kinds are kept and mean nothing here.
    event_readers: ClassVar[Mapping[str, Callable[[Any], Record]]] = {}
    # Whether the payer's browser names the amount, so that other money may come than was asked for.
    payer_names_amount: ClassVar[bool] = False

    @property
    @abstractmethod
    def is_configured(self) -> bool:
        """Whether its keys are here: it can be asked, and reports; it takes new payments unless it is retired."""

    @property
    def publishable_key(self) -> str:
        """What the gateway's script in the browser needs to know."""
        return ""

    def takes(self, currency: str) -> bool:
        """Whether it takes payments in this currency."""
        return True

    def minimum(self, currency: str) -> Decimal:
        """The smallest amount that it takes in this currency."""
        return ZERO

    @abstractmethod
    def create_intent(
        self, *, amount: Decimal, currency: str, idempotency_key: str, reference: str, customer_id: str = ""
    ) -> Intent:
        """A new intent over `amount`; `reference` is our own key, kept in its metadata.

        With `customer_id` it is tied to a customer of the card vault. A key belongs to the arguments that it first
        came with.
        """

    @abstractmethod
    def retrieve_intent(self, intent_id: str) -> Intent | None:
        """The intent as it stands now; None for a minted reference which the gateway does not know yet."""

    @abstractmethod
    def cancel_intent(self, intent_id: str) -> Intent | None:
        """The intent after the try to cancel it: cancelled, or succeeded where the money was faster.

        One that is still open, or None, can still be paid: the gateway cannot cancel it.
        """

    @abstractmethod
    def refund(self, *, intent_id: str, amount: Decimal, currency: str, idempotency_key: str) -> RefundRecord:
        """Give `amount` back; the refund as the gateway has it, which may be pending for days, or failed."""

    @abstractmethod
    def read_event(self, *, payload: bytes, signature: str) -> Event:
        """The event in a webhook's raw bytes. Raises InvalidSignature."""

    def read_record(self, *, kind: str, payload: str) -> Record | None:
        """What a stored event tells of; None when its kind means nothing here. Raises UnreadableEvent."""
        if kind not in self.event_readers:
            return None
        try:
            return self.event_readers[kind](json.loads(payload))
        except UNREADABLE as error:
            raise UnreadableEvent(f"{UnreadableEvent.message} {type(error).__name__}: {error}") from error


class Books(ABC):
    """A gateway's lists, newest first, read page by page: to find what a webhook missed, and to check our ledger by.

    Every call, and each page, raises GatewayUnavailable or GatewayRefused.
    """

    @abstractmethod
    def intents_since(self, moment: datetime) -> Iterator[Intent]:
        """Payment intents that were made at `moment` or later, as they stand now."""

    @abstractmethod
    def refunds_since(self, moment: datetime) -> Iterator[RefundRecord]:
        """Refunds that were made at `moment` or later, as they stand now."""

    @abstractmethod
    def refunds_of(self, intent_id: str) -> Iterator[RefundRecord]:
        """All refunds of one payment intent."""

    @abstractmethod
    def balance_transactions_since(self, moment: datetime) -> Iterator[BalanceTransaction]:
        """Movements of the balance that were made at `moment` or later."""

    @abstractmethod
    def disputes_since(self, moment: datetime) -> Iterator[DisputeRecord]:
        """Disputes that were opened at `moment` or later, as they stand now."""
