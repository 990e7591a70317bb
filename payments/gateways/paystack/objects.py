"""Reading Paystack's objects: from answers, lists and events. Amounts are in kobo."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from core.money import ZERO, from_minor
from payments.gateways.records import BalanceTransaction, DisputeRecord, Intent, Kind, RefundRecord
from payments.models import Dispute, Payment, Refund

CURRENCY = "NGN"
# https://paystack.com/docs/payments/verify-payments; all others, and an unknown reference, are not decided.
STATUSES = {
    "success": Payment.Status.SUCCEEDED,
    "failed": Payment.Status.FAILED,
    "reversed": Payment.Status.FAILED,
}
# https://paystack.com/docs/payments/refunds
REFUNDS = {"processed": Refund.Status.SUCCEEDED, "failed": Refund.Status.FAILED}
NEEDS_ATTENTION = "needs-attention"
WHY = {
    "failed": "Paystack could not give the money back.",
    NEEDS_ATTENTION: "Paystack could not give the money back by itself, and waits for the customer's bank account.",
}
# https://paystack.com/docs/payments/disputes, in Stripe's words.
STAGES = {
    "pending": Dispute.Status.NEEDS_RESPONSE,
    "awaiting-merchant-feedback": Dispute.Status.NEEDS_RESPONSE,
    "awaiting-bank-feedback": Dispute.Status.UNDER_REVIEW,
    "archived": Dispute.Status.PREVENTED,
}
RESOLUTIONS = {
    "merchant-accepted": Dispute.Status.LOST,
    "auto-accepted": Dispute.Status.LOST,
    "declined": Dispute.Status.WON,
}


def text(value: Any) -> str:
    """A text or whole number as a text that a table can hold. Raises TypeError, or UnicodeError for half a letter."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError("Neither a text nor a number.")
    value = str(value)
    value.encode()
    return value


def kobo(value: Any) -> int:
    """The amount of a refund, a number or a text. Raises ValueError, TypeError."""
    return int(text(value))


def is_whole(value: Any) -> bool:
    """Whether it is a whole number, and not a text, a float or a truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def moment(value: Any) -> datetime:
    """A moment such as 2024-08-22T09:15:02.000Z. Raises ValueError, TypeError."""
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError("A moment without a zone.")
    return at


def made_at(data: dict[str, Any]) -> datetime:
    """When the object was made; Paystack spells the key in two ways."""
    return moment(data.get("createdAt") or data.get("created_at"))


def worth_of(data: dict[str, Any]) -> Any:
    """What the transaction is worth to us in kobo: fees that the payer carries come on top of what was asked for."""
    asked = data.get("requested_amount")
    return data["amount"] if asked is None else asked


def amount_of(value: Any, currency: str) -> Decimal:
    """An amount of a charge; what is no whole number is worth nothing, so that it never pays for anything."""
    return from_minor(value, currency) if is_whole(value) else ZERO


def intent_from(data: dict[str, Any]) -> Intent | None:
    """The Intent of a transaction; None while it is not decided."""
    status = STATUSES.get(data["status"])
    if status is None:
        return None
    currency = text(data["currency"]).upper()
    worth, received = amount_of(worth_of(data), currency), amount_of(data["amount"], currency)
    declined = status == Payment.Status.FAILED
    return Intent(
        id=text(data["reference"]),
        status=status,
        amount=worth,
        currency=currency,
        charge_id=text(data["id"]),
        failure_code="declined" if declined else "",
        failure_message=str(data.get("gateway_response") or "") if declined else "",
        received=received if received != worth else None,
    )


def charge_from(data: dict[str, Any], *, is_stray: bool) -> BalanceTransaction:
    """What a successful transaction moved our balance by.

    It was booked as what was asked for, so that fees which the payer carried are none of ours; a stray, as all that
    came.
    """
    charge_id, came = text(data["id"]), data["amount"]
    amount = came if is_stray else worth_of(data)
    return BalanceTransaction(
        id=f"charge-{charge_id}",
        kind=Kind.CHARGE,
        amount=amount,
        fee=amount - (came - (data.get("fees") or 0)),
        currency=text(data["currency"]).upper(),
        source_id=charge_id,
        intent_id=charge_id if is_stray else text(data["reference"]),
        created_at=moment(data.get("paid_at") or data.get("paidAt") or data["created_at"]),
    )


def charge_of(data: dict[str, Any]) -> tuple[str, str]:
    """Id and reference of the transaction that a refund is of; "" for what Paystack does not say."""
    of, reference = data.get("transaction"), data.get("transaction_reference") or ""
    if isinstance(of, dict):
        return text(of["id"]), text(of.get("reference") or reference)
    return text(of or ""), text(reference)


def refund_from(data: dict[str, Any]) -> RefundRecord:
    """The RefundRecord of a refund in an answer or a list; our key stands in its note."""
    status, currency = text(data["status"]), text(data["currency"]).upper()
    charge_id, reference = charge_of(data)
    return RefundRecord(
        id=text(data["id"]),
        intent_id=reference,
        charge_id=charge_id,
        amount=from_minor(kobo(data["amount"]), currency),
        currency=currency,
        status=REFUNDS.get(status, Refund.Status.PENDING),
        key=data.get("merchant_note") or "",
        failure_message=WHY.get(status, ""),
        needs_attention=status == NEEDS_ATTENTION,
    )


def refund_movement_from(data: dict[str, Any]) -> BalanceTransaction:
    """What a refund that was made moved our balance by."""
    charge_id, reference = charge_of(data)
    return BalanceTransaction(
        id=f"refund-{text(data['id'])}",
        kind=Kind.REFUND,
        amount=-kobo(data["amount"]),
        fee=0,
        currency=text(data["currency"]).upper(),
        source_id=text(data["id"]),
        intent_id=reference or charge_id,
        created_at=moment(data["refunded_at"]) if data.get("refunded_at") else made_at(data),
    )


def payout_from(data: dict[str, Any]) -> BalanceTransaction:
    """What a settlement to our bank moved our balance by."""
    paid_out = data.get("effective_amount")
    return BalanceTransaction(
        id=f"settlement-{text(data['id'])}",
        kind=Kind.OTHER,
        amount=-kobo(data["total_amount"] if paid_out is None else paid_out),
        fee=0,
        currency=text(data["currency"]).upper(),
        source_id=text(data["id"]),
        intent_id="",
        created_at=moment(data["settlement_date"]),
    )


def dispute_from(data: dict[str, Any]) -> DisputeRecord:
    """The DisputeRecord of a dispute in a list or an event. Its money moves when it is resolved against us."""
    of = data["transaction"]
    status = stage_of(data)
    dispute_id, currency = text(data["id"]), text(data.get("currency") or of["currency"]).upper()
    amount = kobo(data.get("refund_amount") or of["amount"])
    return DisputeRecord(
        id=dispute_id,
        charge_id=text(of["id"]),
        intent_id=text(of["reference"]),
        amount=from_minor(amount, currency),
        currency=currency,
        reason=str(data.get("category") or ""),
        status=status,
        evidence_due_at=moment(data["dueAt"]) if data.get("dueAt") else None,
        created_at=made_at(data),
        movements=(loss_of(data, amount, currency),) if status == Dispute.Status.LOST else (),
    )


def stage_of(data: dict[str, Any]) -> str:
    """Where the dispute stands; Paystack's word when we have none for it."""
    status = str(data["status"])
    if status == "resolved":
        return RESOLUTIONS.get(str(data.get("resolution")), status)
    return STAGES.get(status, status)


def loss_of(data: dict[str, Any], amount: int, currency: str) -> BalanceTransaction:
    """What a dispute that we lost moved our balance by."""
    return BalanceTransaction(
        id=f"dispute-{text(data['id'])}",
        kind=Kind.DISPUTE,
        amount=-amount,
        fee=0,
        currency=currency,
        source_id=text(data["id"]),
        intent_id=text(data["transaction"]["reference"]),
        created_at=moment(data.get("resolvedAt") or data.get("updatedAt") or data.get("updated_at")),
    )
