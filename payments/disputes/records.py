"""Disputes as the gateway tells of them, by webhook or when it is asked."""

import logging

from django.utils import timezone

from core.db import transactional
from core.errors import DomainError
from payments import services
from payments.gateways.records import BalanceTransaction, DisputeRecord
from payments.models import Dispute, DisputeMovement, Payment
from payments.signals import dispute_closed, dispute_money_moved, dispute_opened

logger = logging.getLogger(__name__)


class UnknownStage(DomainError):
    """The gateway has a word for where a dispute stands that we do not know: a newer API, or no gateway at all."""

    code = "unknown_dispute_status"
    message = "The dispute has a status that is not known here."


def apply_dispute(*, gateway: str, record: DisputeRecord, dry_run: bool = False) -> str | None:
    """Write what the gateway says of a dispute; what was new in it, or None when its charge is not ours.

    However often and in whatever order it comes, the end is the same. A dry run only reports. Outside of
    transactions. Raises UnknownStage, and what `services.ask_gateway` raises.
    """
    if record.status not in Dispute.Status.values:
        raise UnknownStage(f"{UnknownStage.message} {record.status[:80]}")
    payment = Payment.objects.known_as(gateway=gateway, intent_id=record.intent_id, charge_id=record.charge_id)
    if payment is None:
        return None
    if dry_run:
        return ", ".join(changes_in(find_dispute(gateway, record), record))
    if not payment.is_settled:
        services.ask_gateway(payment=payment)  # the dispute overtook the payment
    return write_dispute(payment_id=payment.pk, record=record)


def find_dispute(gateway: str, record: DisputeRecord) -> Dispute | None:
    """The dispute as we know it."""
    return Dispute.objects.filter(gateway=gateway, dispute_id=record.id).first()


@transactional
def write_dispute(*, payment_id: int, record: DisputeRecord) -> str:
    """The part of `apply_dispute` that is all in the database."""
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    dispute = find_dispute(payment.gateway, record)
    what = changes_in(dispute, record)
    if dispute is None:
        dispute = open_dispute(payment, record)
    elif not dispute.outranks(record.status):
        advance(dispute, record)
    for movement in unknown_movements(dispute, record):
        write_movement(dispute, movement)
    return ", ".join(what)


def changes_in(dispute: Dispute | None, record: DisputeRecord) -> list[str]:
    """What the gateway says that we do not know."""
    if dispute is None:
        return [f"{record.amount} {record.currency} is disputed: {record.status}"]
    moved = [] if dispute.outranks(record.status) else [f"{dispute.status} -> {record.status}"]
    return moved + [f"{each.amount} moved, and {each.fee} of fees" for each in unknown_movements(dispute, record)]


def unknown_movements(dispute: Dispute, record: DisputeRecord) -> list[BalanceTransaction]:
    """The movements of its money that we have not written down."""
    known = set(dispute.movements.values_list("movement_id", flat=True))
    return [movement for movement in record.movements if movement.id not in known]


def open_dispute(payment: Payment, record: DisputeRecord) -> Dispute:
    """A row for a new dispute and its signal; for one that is over already, too."""
    logger.warning("Payment %s is disputed: %s", payment.pk, record.reason)
    dispute = Dispute(gateway=payment.gateway, dispute_id=record.id, payment=payment, opened_at=record.created_at)
    copy_record(dispute, record)
    dispute_opened.send(sender=Dispute, dispute=dispute)
    if not dispute.is_open:
        dispute_closed.send(sender=Dispute, dispute=dispute)
    return dispute


def advance(dispute: Dispute, record: DisputeRecord) -> None:
    """Write a later stage of the dispute, and tell of it when a question became a dispute, or when it ended."""
    was_question = dispute.is_question
    copy_record(dispute, record)
    if was_question and not dispute.is_question:
        dispute_opened.send(sender=Dispute, dispute=dispute)
    if not dispute.is_open:
        dispute_closed.send(sender=Dispute, dispute=dispute)


def copy_record(dispute: Dispute, record: DisputeRecord) -> None:
    """Write what the gateway says of it now."""
    dispute.amount, dispute.currency, dispute.reason = record.amount, record.currency, record.reason[:80]
    dispute.status, dispute.evidence_due_at = record.status, record.evidence_due_at or dispute.evidence_due_at
    dispute.closed_at = None if dispute.is_open else timezone.now()
    dispute.save()


def write_movement(dispute: Dispute, movement: BalanceTransaction) -> None:
    """Write down that money moved, and tell of it, once."""
    moved = DisputeMovement.objects.create(
        dispute=dispute,
        movement_id=movement.id,
        amount=movement.amount,
        fee=movement.fee,
        currency=movement.currency,
        moved_at=movement.created_at,
    )
    dispute_money_moved.send(sender=DisputeMovement, movement=moved)
