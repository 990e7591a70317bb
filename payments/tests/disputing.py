"""Disputes in one line each, for the tests."""

from datetime import timedelta

from django.utils import timezone

from payments.disputes import records as disputes
from payments.gateways.records import BalanceTransaction, DisputeRecord, Kind
from payments.models import Dispute


def dispute_of(payment, status="needs_response", *, dispute_id="du_1", withdrawn=True):
    """The dispute of a payment, as if the gateway had told of it, with the money that it took."""
    now = timezone.now()
    taken = BalanceTransaction(f"txn_{dispute_id}", Kind.DISPUTE, -100, 1500, "USD", dispute_id, "", now)
    record = DisputeRecord(
        id=dispute_id,
        charge_id="",
        intent_id=payment.intent_id,
        amount=payment.amount,
        currency=payment.currency,
        reason="product_not_received",
        status=status,
        evidence_due_at=now + timedelta(days=7),
        created_at=now,
        movements=(taken,) if withdrawn else (),
    )
    disputes.write_dispute(payment_id=payment.pk, record=record)
    return Dispute.objects.get(dispute_id=dispute_id)
