"""What a gateway's own books say, in our own words: to find what a webhook missed, and to check our ledger by."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from payments.gateways.base import Intent
from payments.models import Refund


class Kind(StrEnum):
    """Why a gateway's balance moved. What it pays out, or takes for itself, is `other`."""

    CHARGE = "charge"
    REFUND = "refund"
    DISPUTE = "dispute"
    OTHER = "other"


@dataclass(frozen=True)
class BalanceTransaction:
    """One movement of our balance at the gateway.

    `amount` is signed (money that comes in is positive) and `fee` is what the gateway keeps of it, both in the
    currency's smallest unit: the balance moves by `net`. `source_id` is the charge, refund or dispute behind it,
    `intent_id` the payment intent of that, or "".
    """

    id: str
    kind: Kind
    amount: int
    fee: int
    currency: str
    source_id: str
    intent_id: str
    created_at: datetime

    @property
    def net(self) -> int:
        """What the balance moved by."""
        return self.amount - self.fee


@dataclass(frozen=True)
class RefundRecord:
    """A refund as the gateway has it. `key` is the idempotency key that we made it with, "" for one made there."""

    id: str
    intent_id: str
    amount: Decimal
    currency: str
    status: Refund.Status
    key: str = ""
    failure_message: str = ""


@dataclass(frozen=True)
class DisputeRecord:
    """A dispute as the gateway has it; `status` and `reason` are Stripe's own words.

    `movements` are what it took from our balance and gave back, as far as the gateway tells with the dispute.
    """

    id: str
    charge_id: str
    intent_id: str
    amount: Decimal
    currency: str
    reason: str
    status: str
    evidence_due_at: datetime | None
    created_at: datetime
    movements: tuple[BalanceTransaction, ...] = ()


class Books(ABC):
    """The lists of one gateway, newest first, read page by page while they are walked through.

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
