"""What gateways know, in our own words: every gateway turns its answers, lists and events into these."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from payments.models import Payment, Refund


@dataclass(frozen=True)
class Intent:
    """A payment intent as the gateway has it; `id` is the gateway's own, or the reference that we minted.

    `waits_for_a_card` while one can be tried, after a decline too; not while the customer authenticates another.
    `received` is what the payer was charged, where that is more or less than the `amount` that the payment is worth.
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
    received: Decimal | None = None


@dataclass(frozen=True)
class RefundRecord:
    """A refund as the gateway has it. `key` is the idempotency key that we made it with, "" for one made there.

    `id` is "" where an event names only the payment: then the gateway's list of its refunds is read instead. Without
    an `intent_id` the payment is found by its charge. `needs_attention` while it waits for something that only a
    person can do at the gateway.
    """

    id: str
    intent_id: str
    amount: Decimal
    currency: str
    status: Refund.Status
    key: str = ""
    failure_message: str = ""
    charge_id: str = ""
    needs_attention: bool = False


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
        return self.amount - self.fee


@dataclass(frozen=True)
class DisputeRecord:
    """A dispute as the gateway has it; `status` and `reason` are Stripe's words, whichever gateway it is.

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


Record = Intent | RefundRecord | DisputeRecord
