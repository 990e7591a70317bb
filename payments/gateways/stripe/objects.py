"""Reading Stripe's objects: those of its SDK, and the dictionaries inside events and lists."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import stripe

from core.money import from_minor
from payments.cards.declines import Decline, kind_of
from payments.gateways.records import BalanceTransaction, DisputeRecord, Intent, Kind, RefundRecord
from payments.gateways.vault import Card, Setup
from payments.models import CardSetup, Payment, Refund

Status = Payment.Status

REFUND_KEY = "giggatek_refund"  # the metadata under which our refunds carry their idempotency key

STATUSES = {
    "requires_payment_method": Status.CREATED,
    "requires_confirmation": Status.CREATED,
    "requires_capture": Status.PROCESSING,
    "requires_action": Status.REQUIRES_ACTION,
    "processing": Status.PROCESSING,
    "succeeded": Status.SUCCEEDED,
    "canceled": Status.CANCELLED,
}
WAITING = ("requires_payment_method", "requires_confirmation")

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
SETUPS = {"succeeded": CardSetup.Status.SUCCEEDED, "canceled": CardSetup.Status.CANCELLED}


def intent_from(source: Any) -> Intent:
    """An Intent from Stripe's object: the SDK's, or the dictionary inside an event."""
    data = source.to_dict() if isinstance(source, stripe.StripeObject) else source
    failure = data.get("last_payment_error") or {}
    code = failure.get("decline_code") or failure.get("code") or ""
    return Intent(
        id=data["id"],
        status=status_of(data["status"], declined=bool(failure), code=code),
        amount=from_minor(data["amount"], data["currency"]),
        currency=data["currency"].upper(),
        client_secret=data.get("client_secret") or "",
        charge_id=id_of(data.get("latest_charge")),
        failure_code=code,
        failure_message=failure.get("message") or "",
        customer_id=id_of(data.get("customer")),
        waits_for_a_card=data["status"] in WAITING,
    )


def id_of(value: Any) -> str:
    """The id of an object that Stripe names by its id, or shows whole when it was asked to; "" for none."""
    return value["id"] if isinstance(value, dict) else value or ""


def status_of(stripe_status: str, *, declined: bool, code: str) -> Payment.Status:
    """Our word for Stripe's; an intent that waits for another card after a decline has failed for now.

    One that was declined since the customer was not there to authenticate it waits for the customer.
    """
    status = STATUSES.get(stripe_status, Status.PROCESSING)
    if status != Status.CREATED or not declined:
        return status
    return Status.REQUIRES_ACTION if kind_of(code) is Decline.AUTHENTICATION else Status.FAILED


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


def setup_from(data: dict[str, Any]) -> Setup:
    """A Setup from Stripe's object, its `payment_method` expanded."""
    method = data.get("payment_method")
    failure = data.get("last_setup_error") or {}
    return Setup(
        id=data["id"],
        status=SETUPS.get(data["status"], CardSetup.Status.OPEN),
        client_secret=data.get("client_secret") or "",
        card=card_from(method) if isinstance(method, dict) else None,
        failure_code=failure.get("decline_code") or failure.get("code") or "",
        failure_message=failure.get("message") or "",
    )


def card_from(method: dict[str, Any]) -> Card:
    """A Card from Stripe's PaymentMethod."""
    card = method["card"]
    return Card(
        payment_method_id=method["id"],
        brand=card["brand"],
        last4=card["last4"],
        exp_month=card["exp_month"],
        exp_year=card["exp_year"],
    )
