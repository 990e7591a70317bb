"""Disputes of the sandbox: what a payer's bank does, without a bank."""

import secrets
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from core.money import to_minor
from payments.gateways.records import Kind
from payments.gateways.sandbox.movements import book_dispute
from payments.models import SandboxDispute, SandboxIntent, SandboxMovement

# Banks give 7 to 21 days: https://docs.stripe.com/disputes/how-disputes-work
DAYS_TO_ANSWER = 7
ENDS = ("won", "lost")


class NotDisputable(DomainError):
    """Nothing was paid, or all of it went back or is disputed."""

    code = "not_disputable"
    message = "There is no money left to dispute."


class DisputeOver(DomainError):
    """The bank has decided."""

    code = "dispute_over"


def open_dispute(
    intent: SandboxIntent, *, reason: str = "fraudulent", amount: Decimal | None = None
) -> SandboxDispute:
    """The payer disputes what they paid, or a part of it: the money is taken at once. Raises NotDisputable."""
    with transaction.atomic():
        intent = SandboxIntent.objects.select_for_update().get(pk=intent.pk)
        left = intent.amount - intent.refunded - sum(each.amount for each in intent.disputes.exclude(status="won"))
        amount = left if amount is None else amount
        if intent.status != "succeeded" or not 0 < amount <= left:
            raise NotDisputable
        dispute = SandboxDispute.objects.create(
            dispute_id=f"du_sandbox_{secrets.token_hex(12)}",
            intent=intent,
            amount=amount,
            reason=reason,
            evidence_due_at=timezone.now() + timedelta(days=DAYS_TO_ANSWER),
        )
        book_dispute(intent, dispute_id=dispute.dispute_id, amount=-to_minor(amount, intent.currency))
        return dispute


def close_dispute(dispute: SandboxDispute, *, won: bool) -> SandboxDispute:
    """The bank decides; when we win, the money comes back and the fee does not. Raises DisputeOver."""
    with transaction.atomic():
        dispute = SandboxDispute.objects.select_for_update().select_related("intent").get(pk=dispute.pk)
        if dispute.status in ENDS:
            raise DisputeOver(f"The dispute is {dispute.status}.")
        dispute.status = "won" if won else "lost"
        dispute.save(update_fields=["status"])
        if won:
            amount = to_minor(dispute.amount, dispute.intent.currency)
            book_dispute(dispute.intent, dispute_id=dispute.dispute_id, amount=amount)
        return dispute


def kinds_of(dispute: SandboxDispute) -> tuple[str, ...]:
    """The events with which Stripe would tell how the dispute stands now."""
    return {
        "won": ("charge.dispute.closed", "charge.dispute.funds_reinstated"),
        "lost": ("charge.dispute.closed",),
    }.get(dispute.status, ("charge.dispute.created", "charge.dispute.funds_withdrawn"))


def as_stripe_dispute(dispute: SandboxDispute) -> dict[str, Any]:
    """The dispute in Stripe's shape."""
    currency = dispute.intent.currency
    movements = SandboxMovement.objects.filter(kind=Kind.DISPUTE, source_id=dispute.dispute_id).order_by("pk")
    return {
        "id": dispute.dispute_id,
        "object": "dispute",
        "charge": dispute.intent.charge_id,
        "payment_intent": dispute.intent.intent_id,
        "amount": to_minor(dispute.amount, currency),
        "currency": currency.lower(),
        "reason": dispute.reason,
        "status": dispute.status,
        "created": int(dispute.created_at.timestamp()),
        "evidence_details": {"due_by": int(dispute.evidence_due_at.timestamp())},
        "balance_transactions": [as_stripe_movement(each, currency) for each in movements],
    }


def as_stripe_movement(movement: SandboxMovement, currency: str) -> dict[str, Any]:
    """A balance transaction in Stripe's shape."""
    return {
        "id": movement.movement_id,
        "object": "balance_transaction",
        "type": "adjustment",
        "amount": movement.amount,
        "fee": movement.fee,
        "currency": currency.lower(),
        "source": movement.source_id,
        "created": int(movement.created_at.timestamp()),
    }
