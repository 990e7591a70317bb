"""Refunds: written down first, then asked of the gateway, then booked."""

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from core.db import transactional
from core.errors import DomainError, InvalidInput
from core.money import to_minor
from core.tasks import enqueue
from payments.gateways import books_named, gateway_named, has_books
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.gateways.records import RefundRecord
from payments.models import Payment, Refund
from payments.signals import money_returned, refund_failed, refund_needs_attention, refund_settled

logger = logging.getLogger(__name__)


class RefundTooLarge(DomainError):
    """More than what was captured and not given back yet."""

    code = "refund_too_large"
    message = "The refund exceeds what is left of the payment."


class RefundRepeated(DomainError):
    """The same form came twice."""

    code = "refund_repeated"
    message = "This refund was asked for already, and is not made twice."


def request_refund(
    *, payment: Payment, amount: Decimal, reason: str, by: Any = None, key: UUID | None = None
) -> Refund:
    """Write down that `amount` goes back; a worker asks the gateway.

    `by` is who of the staff asked for it. With a `key` it is made once, however often it is asked for.
    Raises RefundRepeated, RefundTooLarge, and InvalidInput for what is no amount of the payment's currency.
    """
    with transaction.atomic():
        locked = Payment.objects.select_for_update().get(pk=payment.pk)
        refuse_repeated(key)
        if amount > locked.refundable:
            raise RefundTooLarge
        refuse_no_amount(amount, locked.currency)
        refund = Refund.objects.create(
            key=key or uuid4(), payment=locked, amount=amount, reason=reason[:200], asked_by=by
        )
        enqueue(send_refund_task, refund_id=refund.pk)
        return refund


def refuse_repeated(key: UUID | None) -> None:
    """Raise RefundRepeated when there is a refund with this key; the caller holds the lock of its payment."""
    if key and Refund.objects.filter(key=key).exists():
        raise RefundRepeated


def refuse_no_amount(amount: Decimal, currency: str) -> None:
    """Raise InvalidInput unless it is above zero and a whole number of the currency's smallest unit."""
    try:
        is_amount = to_minor(amount, currency) > 0
    except ValueError:
        is_amount = False
    if not is_amount:
        raise InvalidInput.at("amount", f"Not an amount in {currency} above 0.")


def request_full_refund(*, payment: Payment, reason: str) -> Refund | None:
    """Give back whatever is left of the payment; None when nothing is."""
    left = payment.refundable
    return request_refund(payment=payment, amount=left, reason=reason) if left > 0 else None


def return_money(*, payment: Payment, reason: str) -> None:
    """Send back money that arrived for what can no longer have it, and tell of it. Inside what settles it."""
    logger.warning("Payment %s goes back: %s", payment.pk, reason)
    request_full_refund(payment=payment, reason=reason)
    money_returned.send(sender=Payment, payment=payment, reason=reason)


def send_refund(*, refund: Refund) -> Refund:
    """Ask the gateway to give the money back, and write down what it says.

    One that waits at the gateway is never sent again; the gateway is asked what became of it. Outside of
    transactions. Raises GatewayUnavailable, and the refund stays pending for the next try.
    """
    if refund.status != Refund.Status.PENDING:
        return refund
    if refund.gateway_id:
        record = record_of(refund)
        return write_record(refund_id=refund.pk, record=record) if record else refund
    gateway = gateway_named(refund.payment.gateway)
    if not gateway.key_lifetime and not refund.claim_sending():
        return refund
    try:
        is_forgotten = timezone.now() - refund.created_at >= gateway.key_lifetime
        record = (record_of(refund) if is_forgotten else None) or gateway.refund(
            intent_id=str(refund.payment.intent_id),
            amount=refund.amount,
            currency=refund.payment.currency,
            idempotency_key=refund.idempotency_key,
        )
    except GatewayRefused as error:
        return fail_refund(refund_id=refund.pk, reason=error.message)
    return write_record(refund_id=refund.pk, record=record)


def record_of(refund: Refund) -> RefundRecord | None:
    """What the gateway's list says of this refund; None when it is not there. Raises GatewayUnavailable."""
    payment = refund.payment
    if not has_books(payment.gateway):
        return None
    theirs = books_named(payment.gateway).refunds_of(str(payment.intent_id))
    return next((one for one in theirs if is_record_of(one, refund)), None)


def is_record_of(record: RefundRecord, refund: Refund) -> bool:
    """Whether the gateway means our refund, by its own id or by our key."""
    return record.key == refund.idempotency_key or (record.id != "" and record.id == refund.gateway_id)


def write_record(*, refund_id: int, record: RefundRecord) -> Refund:
    """Write what the gateway says of our refund: it is done, it failed, or it waits there under the gateway's id."""
    if record.status == Refund.Status.SUCCEEDED:
        return settle_refund(refund_id=refund_id, gateway_id=record.id)
    if record.status == Refund.Status.FAILED:
        reason = record.failure_message or "The gateway could not give the money back."
        return fail_refund(refund_id=refund_id, reason=reason, gateway_id=record.id)
    return wait_for_refund(refund_id=refund_id, record=record)


@transactional
def wait_for_refund(*, refund_id: int, record: RefundRecord) -> Refund:
    """The refund waits at the gateway; once that is for a person there, staff get a mail, once for each reason."""
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    known_so_far, reason = refund.failure_message, record.failure_message[:500]
    if refund.status == Refund.Status.PENDING:
        refund.gateway_id, refund.failure_message = record.id, reason
        refund.save(update_fields=["gateway_id", "failure_message"])
        if record.needs_attention and reason != known_so_far:
            refund_needs_attention.send(sender=Refund, refund=refund)
    return refund


@transactional
def settle_refund(*, refund_id: int, gateway_id: str) -> Refund:
    """The money went back: book it on the payment and tell of it, once."""
    payment_id = Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    if refund.status != Refund.Status.PENDING:
        return refund
    refund.status, refund.gateway_id, refund.settled_at = Refund.Status.SUCCEEDED, gateway_id, timezone.now()
    refund.failure_message = ""
    refund.save(update_fields=["status", "gateway_id", "settled_at", "failure_message"])
    payment.refunded_amount += refund.amount
    payment.save(update_fields=["refunded_amount", "updated_at"])
    refund.payment = payment
    refund_settled.send(sender=Refund, refund=refund)
    return refund


@transactional
def fail_refund(*, refund_id: int, reason: str, gateway_id: str = "") -> Refund:
    """The gateway refused for good: tell of it, once; staff find it in the back office."""
    payment_id = Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    refund.payment = payment
    if refund.status == Refund.Status.PENDING:
        logger.error("Refund %s was refused: %s", refund_id, reason)
        refund.status, refund.failure_message = Refund.Status.FAILED, reason[:500]
        refund.gateway_id = gateway_id or refund.gateway_id
        refund.save(update_fields=["status", "failure_message", "gateway_id"])
        refund_failed.send(sender=Refund, refund=refund)
    return refund


def send_refund_soon(*, refund: Refund) -> None:
    """Try a refund at once, while its requester waits; when the gateway is away the worker does it."""
    try:
        send_refund(refund=refund)
    except GatewayUnavailable:
        logger.warning("Refund %s waits for the gateway.", refund.pk)


@task
def send_refund_task(refund_id: int) -> None:
    """The worker's try at a refund. One that finds no gateway is tried again by `settle_refunds`."""
    send_refund(refund=Refund.objects.select_related("payment").get(pk=refund_id))


def send_pending(*, older_than: timedelta = timedelta(0)) -> tuple[int, int]:
    """Send every refund that was not sent; how many were settled, and how many still wait, here or at the gateway."""
    pending = Refund.objects.filter(status=Refund.Status.PENDING, created_at__lte=timezone.now() - older_than)
    settled, waiting = 0, pending.exclude(gateway_id="").count()
    for refund in list(pending.filter(gateway_id="").select_related("payment").order_by("pk")):
        try:
            status = send_refund(refund=refund).status
        except GatewayUnavailable:
            status = Refund.Status.PENDING
        settled += status == Refund.Status.SUCCEEDED
        waiting += status == Refund.Status.PENDING
    return settled, waiting
