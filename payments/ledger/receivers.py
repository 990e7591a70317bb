"""What payments know to book: money that comes, goes back and is disputed. What it is for, the upper apps book."""

from typing import Any

from django.dispatch import receiver

from core.money import to_minor
from payments.gateways.records import BalanceTransaction, Kind
from payments.ledger.booking import book
from payments.ledger.movements import book_movement
from payments.models import DisputeMovement, Payment, Refund
from payments.models.ledger import Account
from payments.models.payment import MANUAL
from payments.signals import dispute_money_moved, payment_settled, refund_settled


def money_account(payment: Payment) -> Account:
    """Where the money of this payment lies."""
    return Account.CASH if payment.gateway == MANUAL else Account.CLEARING


@receiver(payment_settled, sender=Payment)
def book_settled(payment: Payment, **_: Any) -> None:
    """Money arrived, and nobody has said yet what it is for."""
    amount = to_minor(payment.amount, payment.currency)
    book(
        key=f"payment-settled:{payment.pk}",
        kind="payment_settled",
        lines={money_account(payment): amount, Account.DEPOSITS: -amount},
        currency=payment.currency,
        payment=payment,
    )


@receiver(refund_settled, sender=Refund)
def book_refund(refund: Refund, **_: Any) -> None:
    """Money went back."""
    payment = refund.payment
    amount = to_minor(refund.amount, payment.currency)
    book(
        key=f"refund-settled:{refund.pk}",
        kind="refund_settled",
        lines={Account.DEPOSITS: amount, money_account(payment): -amount},
        currency=payment.currency,
        payment=payment,
        memo=refund.reason,
    )


@receiver(dispute_money_moved, sender=DisputeMovement)
def book_disputed(movement: DisputeMovement, **_: Any) -> None:
    """The gateway took money for a dispute, or gave it back. Its own list tells of the same movement later."""
    dispute = movement.dispute
    told = BalanceTransaction(
        id=movement.movement_id,
        kind=Kind.DISPUTE,
        amount=movement.amount,
        fee=movement.fee,
        currency=movement.currency,
        source_id=dispute.dispute_id,
        intent_id=dispute.payment.intent_id or "",
        created_at=movement.moved_at,
    )
    book_movement(gateway=dispute.gateway, movement=told, payment=dispute.payment)
