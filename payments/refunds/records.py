"""Refunds as the gateway tells of them, by webhook or when it is asked: ours, and those that were made there."""

from core.db import transactional
from core.errors import DomainError
from payments import services
from payments.gateways import books_named
from payments.gateways.records import RefundRecord
from payments.models import Payment, Refund
from payments.refunds.services import RefundTooLarge, is_record_of, write_record

MADE_THERE = "Refunded at the gateway"


class RefundBounced(DomainError):
    """The gateway gave money back, and it came back to the gateway: staff must find another way to return it."""

    code = "refund_bounced"
    message = "The bank did not take the refund: the money is back at the gateway and owed to the customer."


def apply_refund(*, gateway: str, record: RefundRecord, dry_run: bool = False) -> str | None:
    """Write what the gateway says of a refund; what was new in it, or None when its payment is not ours.

    One that was made at the gateway, and not here, becomes a refund of ours once the money is gone. A dry run only
    tells. Outside of transactions. Raises RefundTooLarge, RefundBounced, AmountMismatch for another currency than the
    payment's, and what `services.ask_gateway` raises.
    """
    payment = payment_behind(gateway, record)
    if payment is None:
        return None
    if not record.id:
        theirs = refunds_at(gateway, payment)
        return ", ".join(filter(None, (apply_refund(gateway=gateway, record=one, dry_run=dry_run) for one in theirs)))
    if record.currency != payment.currency:
        raise services.AmountMismatch(
            f"{record.amount} {record.currency} went back of a payment in {payment.currency}."
        )
    if dry_run:
        return change_in(find_refund(payment, record), record)
    if not payment.is_settled:
        services.ask_gateway(payment=payment)  # the refund overtook the payment
    return write_change(payment_id=payment.pk, record=record)


def payment_behind(gateway: str, record: RefundRecord) -> Payment | None:
    """The payment of which money went back; a stray before the payment on whose reference it came."""
    payments = Payment.objects
    stray = payments.filter(came_for__isnull=False).known_as(gateway=gateway, intent_id=record.charge_id)
    return stray or payments.known_as(gateway=gateway, intent_id=record.intent_id, charge_id=record.charge_id)


def refunds_at(gateway: str, payment: Payment) -> list[RefundRecord]:
    """All refunds that the gateway has of the payment, and of its strays."""
    books, intents = books_named(gateway), [payment.intent_id, *payment.strays.values_list("intent_id", flat=True)]
    found = {one.id: one for intent_id in intents for one in books.refunds_of(str(intent_id))}
    return list(found.values())


@transactional
def write_change(*, payment_id: int, record: RefundRecord) -> str:
    """The part of `apply_refund` that is all in the database."""
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    refund = find_refund(payment, record)
    what = change_in(refund, record)
    if what:
        write_record(refund_id=(refund or create_from(payment, record)).pk, record=record)
    return what


def change_in(refund: Refund | None, record: RefundRecord) -> str:
    """What the gateway says that our refund does not know; "" when there is nothing to do. Raises RefundBounced."""
    if refund is None:
        made = record.status == Refund.Status.SUCCEEDED
        return f"{record.amount} {record.currency} went back, which was not asked for here" if made else ""
    if (refund.status, record.status) == (Refund.Status.SUCCEEDED, Refund.Status.FAILED):
        raise RefundBounced(f"{RefundBounced.message} {record.failure_message}".strip())
    if refund.status != Refund.Status.PENDING:
        return ""
    if record.status != Refund.Status.PENDING:
        return f"{refund.status} -> {record.status}"
    known_so_far = (refund.gateway_id, refund.failure_message)
    return "waits at the gateway" if known_so_far != (record.id, record.failure_message[:500]) else ""


def find_refund(payment: Payment, record: RefundRecord) -> Refund | None:
    """Our refund behind the gateway's."""
    return next((refund for refund in payment.refunds.all() if is_record_of(record, refund)), None)


def create_from(payment: Payment, record: RefundRecord) -> Refund:
    """A row for a refund that was made at the gateway. Raises RefundTooLarge."""
    if not payment.is_settled or record.amount > payment.amount - payment.refunded_amount:
        raise RefundTooLarge(f"{RefundTooLarge.message} The gateway made {record.id} over {record.amount}.")
    return Refund.objects.create(payment=payment, amount=record.amount, reason=MADE_THERE)
