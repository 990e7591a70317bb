"""Refunds: written down first, then asked of the gateway, then booked."""

import logging
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from core.db import transactional
from core.errors import DomainError
from core.signals import refund_settled
from core.tasks import enqueue
from payments.gateways import gateway_named
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.models import Payment, Refund

logger = logging.getLogger(__name__)


class RefundTooLarge(DomainError):
    """More than what was captured and not given back yet."""

    code = "refund_too_large"
    message = "The refund exceeds what is left of the payment."


def request_refund(*, payment: Payment, amount: Decimal, reason: str) -> Refund:
    """Write down that `amount` goes back; a worker asks the gateway. Raises RefundTooLarge."""
    with transaction.atomic():
        locked = Payment.objects.select_for_update().get(pk=payment.pk)
        if amount > locked.refundable:
            raise RefundTooLarge
        refund = Refund.objects.create(payment=locked, amount=amount, reason=reason[:200])
        enqueue(send_refund_task, refund_id=refund.pk)
        return refund


def request_full_refund(*, payment: Payment, reason: str) -> Refund | None:
    """Give back whatever is left of the payment; None when nothing is."""
    left = payment.refundable
    return request_refund(payment=payment, amount=left, reason=reason) if left > 0 else None


def send_refund(*, refund: Refund) -> Refund:
    """Ask the gateway to give the money back, and write down what it says.

    Outside of transactions. Raises GatewayUnavailable, and the refund stays pending for the next try.
    """
    if refund.status != Refund.Status.PENDING:
        return refund
    payment = refund.payment
    try:
        gateway_id = gateway_named(payment.gateway).refund(
            intent_id=str(payment.intent_id),
            amount=refund.amount,
            currency=payment.currency,
            idempotency_key=refund.idempotency_key,
        )
    except GatewayRefused as error:
        return fail_refund(refund_id=refund.pk, reason=error.message)
    return settle_refund(refund_id=refund.pk, gateway_id=gateway_id)


@transactional
def settle_refund(*, refund_id: int, gateway_id: str) -> Refund:
    """The money went back: book it on the payment and tell of it, once."""
    payment_id = Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    if refund.status != Refund.Status.PENDING:
        return refund
    refund.status, refund.gateway_id, refund.settled_at = Refund.Status.SUCCEEDED, gateway_id, timezone.now()
    refund.save(update_fields=["status", "gateway_id", "settled_at"])
    payment.refunded_amount += refund.amount
    payment.save(update_fields=["refunded_amount", "updated_at"])
    refund.payment = payment
    refund_settled.send(sender=Refund, refund=refund)
    return refund


def fail_refund(*, refund_id: int, reason: str) -> Refund:
    """The gateway refused for good: staff find it in the back office."""
    logger.error("Refund %s was refused: %s", refund_id, reason)
    Refund.objects.filter(pk=refund_id, status=Refund.Status.PENDING).update(
        status=Refund.Status.FAILED, failure_message=reason[:500]
    )
    return Refund.objects.select_related("payment").get(pk=refund_id)


def send_refund_soon(*, refund: Refund) -> None:
    """Try a refund at once, for somebody who waits; when the gateway is away the worker does it."""
    try:
        send_refund(refund=refund)
    except GatewayUnavailable:
        logger.warning("Refund %s waits for the gateway.", refund.pk)


@task
def send_refund_task(refund_id: int) -> None:
    """The worker's try at a refund. One that finds no gateway is tried again by `settle_refunds`."""
    send_refund(refund=Refund.objects.select_related("payment").get(pk=refund_id))


def send_pending(*, older_than: timedelta = timedelta(0)) -> tuple[int, int]:
    """Try every refund that is still pending; how many were settled, and how many still wait."""
    pending = Refund.objects.filter(status=Refund.Status.PENDING, created_at__lte=timezone.now() - older_than)
    settled = waiting = 0
    for refund in list(pending.select_related("payment").order_by("pk")):
        try:
            settled += send_refund(refund=refund).status == Refund.Status.SUCCEEDED
        except GatewayUnavailable:
            waiting += 1
    return settled, waiting
