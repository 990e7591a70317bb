"""Stripe's lists, through the SDK's own paging."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from core.money import from_minor
from payments.gateways.base import Intent
from payments.gateways.books import BalanceTransaction, Books, DisputeRecord, Kind, RefundRecord
from payments.gateways.stripe.client import REFUND_KEY, StripeGateway, id_of, intent_from, typed_errors
from payments.models import Refund

Row = TypeVar("Row")

PAGE = 100  # the most that Stripe gives at once

# https://docs.stripe.com/reports/balance-transaction-types
KINDS = {
    "charge": Kind.CHARGE,
    "payment": Kind.CHARGE,
    "refund": Kind.REFUND,
    "payment_refund": Kind.REFUND,
    "refund_failure": Kind.REFUND,
    "payment_failure_refund": Kind.REFUND,
}
REFUNDS = {
    "succeeded": Refund.Status.SUCCEEDED,
    "failed": Refund.Status.FAILED,
    "canceled": Refund.Status.FAILED,
}


class StripeBooks(Books):
    """Everything that the account's key may list."""

    def __init__(self) -> None:
        self.api = StripeGateway().client.v1

    def intents_since(self, moment: datetime) -> Iterator[Intent]:
        """PaymentIntents."""
        return walk(self.api.payment_intents.list, since(moment), intent_from)

    def refunds_since(self, moment: datetime) -> Iterator[RefundRecord]:
        """Refunds, those from Stripe's dashboard too."""
        return walk(self.api.refunds.list, since(moment), refund_from)

    def refunds_of(self, intent_id: str) -> Iterator[RefundRecord]:
        """Refunds of the PaymentIntent."""
        return walk(self.api.refunds.list, {"payment_intent": intent_id}, refund_from)

    def balance_transactions_since(self, moment: datetime) -> Iterator[BalanceTransaction]:
        """Balance transactions, their sources expanded, since only those name the intent."""
        return walk(self.api.balance_transactions.list, {**since(moment), "expand": ["data.source"]}, movement_from)

    def disputes_since(self, moment: datetime) -> Iterator[DisputeRecord]:
        """Disputes."""
        return walk(self.api.disputes.list, since(moment), dispute_from)


def since(moment: datetime) -> dict[str, Any]:
    """Stripe's filter, in whole seconds."""
    return {"created": {"gte": int(moment.timestamp())}}


def walk(listing: Callable[..., Any], params: dict[str, Any], read: Callable[[Any], Row]) -> Iterator[Row]:
    """Every row of the list, page after page."""
    with typed_errors():
        for row in listing({"limit": PAGE, **params}).auto_paging_iter():
            yield read(row.to_dict())


def moment_of(seconds: int) -> datetime:
    """Stripe's seconds as a moment."""
    return datetime.fromtimestamp(seconds, UTC)


def refund_from(data: dict[str, Any]) -> RefundRecord:
    """A RefundRecord from Stripe's object."""
    return RefundRecord(
        id=data["id"],
        intent_id=id_of(data.get("payment_intent")),
        amount=from_minor(data["amount"], data["currency"]),
        currency=data["currency"].upper(),
        status=REFUNDS.get(data.get("status") or "", Refund.Status.PENDING),
        key=(data.get("metadata") or {}).get(REFUND_KEY, ""),
        failure_message=data.get("failure_reason") or "",
    )


def movement_from(data: dict[str, Any]) -> BalanceTransaction:
    """A BalanceTransaction from Stripe's object."""
    source = data.get("source")
    return BalanceTransaction(
        id=data["id"],
        kind=Kind.DISPUTE if is_of_dispute(source) else KINDS.get(data["type"], Kind.OTHER),
        amount=data["amount"],
        fee=data["fee"],
        currency=data["currency"].upper(),
        source_id=id_of(source),
        intent_id=id_of(source.get("payment_intent")) if isinstance(source, dict) else "",
        created_at=moment_of(data["created"]),
    )


def is_of_dispute(source: Any) -> bool:
    """Stripe books a dispute as an adjustment whose source is the dispute."""
    return isinstance(source, dict) and source.get("object") == "dispute"


def dispute_from(data: dict[str, Any]) -> DisputeRecord:
    """A DisputeRecord from Stripe's object."""
    due = (data.get("evidence_details") or {}).get("due_by")
    return DisputeRecord(
        id=data["id"],
        charge_id=id_of(data.get("charge")),
        intent_id=id_of(data.get("payment_intent")),
        amount=from_minor(data["amount"], data["currency"]),
        currency=data["currency"].upper(),
        reason=str(data.get("reason") or ""),
        status=str(data["status"]),
        evidence_due_at=moment_of(due) if due else None,
        created_at=moment_of(data["created"]),
        movements=tuple(movement_of(data, each) for each in data.get("balance_transactions") or ()),
    )


def movement_of(dispute: dict[str, Any], data: dict[str, Any]) -> BalanceTransaction:
    """A BalanceTransaction inside a dispute, which names its source by the id alone."""
    intent_id = id_of(dispute.get("payment_intent"))
    return replace(movement_from(data), kind=Kind.DISPUTE, source_id=dispute["id"], intent_id=intent_id)
