"""What happens when money moves: it is booked, counted for what it pays, billed and credited. One receiver a signal.

All of it runs inside the transaction that moved the money. What differs between the things that are sold, their
`Sellable` says; the order of the steps, which is also that of the locks, stands here alone: the number of an invoice
is taken last, but for the step whose mail carries it.
"""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from core.money import to_minor
from payments.gateways.records import BalanceTransaction, Kind
from payments.invoices import services as invoices
from payments.invoices.bills import Bill, Parts
from payments.ledger.booking import book
from payments.ledger.movements import book_movement
from payments.models import Dispute, DisputeMovement, Payment, Refund
from payments.models.ledger import Account
from payments.models.payment import MANUAL
from payments.payables import Payable, PaymentLink
from payments.refunds.services import return_money
from payments.sellables import Sellable, link_of
from payments.signals import (
    dispute_money_moved,
    dispute_opened,
    payment_failed,
    payment_settled,
    refund_failed,
    refund_settled,
)

AnySellable = Sellable[Any, Any]


def money_account(payment: Payment) -> Account:
    """Where the money of this payment lies."""
    return Account.CASH if payment.gateway == MANUAL else Account.CLEARING


@receiver(payment_settled, sender=Payment)
def count_payment(payment: Payment, **_: Any) -> None:
    """Money arrived: book it, and count it for what it pays; what that cannot have goes back."""
    book_settled(payment)
    found = link_of(payment)
    if found is None:
        return
    sellable, link = found
    thing = sellable.locked(getattr(link, f"{sellable.name}_id"))
    setattr(link, sellable.name, thing)
    if not sellable.take(thing, link):
        return_money(payment=payment, reason=sellable.refusal.format(thing))
        return
    parts = sellable.parts(thing, link)
    book_sale(sellable, thing, link, parts)
    link.counted_at = timezone.now()
    link.save(update_fields=["counted_at"])
    buyer, *address = sellable.buyer(thing)
    seller = sellable.seller(thing)
    bill = Bill(subject=thing.holder, title=str(thing), buyer=buyer, address=address, parts=parts, seller=seller)
    invoices.issue(payment=payment, bill=bill)
    sellable.counted(thing, link)


def book_settled(payment: Payment) -> None:
    """What it is for is not known yet."""
    amount = to_minor(payment.amount, payment.currency)
    book(
        key=f"payment-settled:{payment.pk}",
        kind="payment_settled",
        lines={money_account(payment): amount, Account.DEPOSITS: -amount},
        currency=payment.currency,
        payment=payment,
    )


def book_sale(sellable: AnySellable, thing: Payable, link: PaymentLink, parts: Parts) -> None:
    """The deposit becomes what the thing earns."""
    payment = link.payment
    amount = to_minor(payment.amount, payment.currency)
    book(
        key=f"{sellable.name}-paid:{payment.pk}",
        kind=f"{sellable.name}_paid",
        lines={Account.DEPOSITS: amount, **sellable.credits(thing, link, parts)},
        currency=payment.currency,
        subject=thing.holder,
        payment=payment,
    )


@receiver(payment_failed, sender=Payment)
def note_decline(payment: Payment, **_: Any) -> None:
    """The card was declined."""
    if found := link_of(payment):
        sellable, link = found
        sellable.declined(link)


@receiver(refund_settled, sender=Refund)
def count_refund(refund: Refund, **_: Any) -> None:
    """Money went back: book it, and credit it when it was counted; what never was goes back as a deposit."""
    book_refund(refund)
    found = link_of(refund.payment)
    if found is None:
        return
    sellable, link = found
    if link.counted_at is None:
        sellable.returned(link, refund)
        return
    book_sale_back(sellable, link, refund)
    sellable.refunded(link, refund)
    invoices.credit(refund=refund, parts=sellable.parts_back(link, refund))


def book_refund(refund: Refund) -> None:
    """The money left."""
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


def book_sale_back(sellable: AnySellable, link: PaymentLink, refund: Refund) -> None:
    """What the thing earned is less by the refund."""
    payment = refund.payment
    amount = to_minor(refund.amount, payment.currency)
    book(
        key=f"{sellable.name}-refunded:{refund.pk}",
        kind=f"{sellable.name}_refunded",
        lines={**sellable.debits(link, refund), Account.DEPOSITS: -amount},
        currency=payment.currency,
        subject=getattr(link, sellable.name).holder,
        payment=payment,
        memo=refund.reason,
    )


@receiver(refund_failed, sender=Refund)
def reopen_refunded(refund: Refund, **_: Any) -> None:
    """Nothing went back."""
    if found := link_of(refund.payment):
        sellable, link = found
        sellable.refund_failed(link, refund)


@receiver(dispute_opened, sender=Dispute)
def note_dispute(dispute: Dispute, **_: Any) -> None:
    """A bank questions the payment."""
    if found := link_of(dispute.payment):
        sellable, link = found
        sellable.disputed(link)


@receiver(dispute_money_moved, sender=DisputeMovement)
def book_disputed(movement: DisputeMovement, **_: Any) -> None:
    """The gateway took money for a dispute, or gave it back. Its own list tells of the same movement later."""
    dispute = movement.dispute
    transaction = BalanceTransaction(
        id=movement.movement_id,
        kind=Kind.DISPUTE,
        amount=movement.amount,
        fee=movement.fee,
        currency=movement.currency,
        source_id=dispute.dispute_id,
        intent_id=dispute.payment.intent_id or "",
        created_at=movement.moved_at,
    )
    book_movement(gateway=dispute.gateway, movement=transaction, payment=dispute.payment)
