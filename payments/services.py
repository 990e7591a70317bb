"""Payments: opening and settling. The gateway is asked first, rows are locked after."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.db import transactional
from core.errors import DomainError
from core.signals import payment_failed, payment_settled
from payments.gateways import configured_name, gateway_named
from payments.gateways.base import Intent
from payments.models import Payment

Status = Payment.Status


class NotSettled(DomainError):
    """The gateway says that the money has not arrived."""

    code = "payment_not_settled"
    message = "The payment has not succeeded."


class AmountMismatch(DomainError):
    """The gateway settled another amount or currency than was asked for."""

    code = "amount_mismatch"
    message = "The settled amount is not the one that was asked for."


def open_payment(*, user: Any, amount: Decimal, currency: str) -> Payment:
    """A payment that nobody has paid yet; `ensure_intent` then makes it known to the gateway."""
    return Payment.objects.create(user=user, amount=amount, currency=currency, gateway=configured_name())


def ensure_intent(*, payment: Payment) -> Payment:
    """The payment with its intent at the gateway, made now unless it was before.

    Outside of transactions. However often it runs or dies half-way, the idempotency key allows one intent.
    """
    if payment.intent_id is None:
        intent = gateway_named(payment.gateway).create_intent(
            amount=payment.amount,
            currency=payment.currency,
            idempotency_key=payment.idempotency_key,
            reference=str(payment.pk),
        )
        known = {"intent_id": intent.id, "client_secret": intent.client_secret}
        Payment.objects.filter(pk=payment.pk, intent_id=None).update(**known)
        payment.refresh_from_db()
    return payment


def confirm(*, payment: Payment) -> Payment:
    """Ask the gateway and settle. Raises NotSettled with the gateway's reason when the money is not there."""
    if not payment.is_settled:
        intent = gateway_named(payment.gateway).retrieve_intent(str(payment.intent_id))
        payment = apply_intent(payment_id=payment.pk, intent=intent)
    if not payment.is_settled:
        raise NotSettled(payment.failure_message or f"The payment has not succeeded: it is {payment.status}.")
    return payment


@transactional
def apply_intent(*, payment_id: int, intent: Intent) -> Payment:
    """Write what the gateway says of a payment; once settled or cancelled it stays so, whatever comes later.

    Sends `payment_settled` or `payment_failed` in the same transaction, once. Raises AmountMismatch.
    """
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    settles_cancelled = payment.status == Status.CANCELLED and intent.status == Status.SUCCEEDED
    if payment.status == intent.status or not (payment.is_open or settles_cancelled):
        return payment
    if (intent.amount, intent.currency) != (payment.amount, payment.currency):
        raise AmountMismatch
    payment.status = intent.status
    payment.charge_id = intent.charge_id
    payment.failure_code, payment.failure_message = intent.failure_code[:80], intent.failure_message[:500]
    payment.settled_at = timezone.now() if payment.is_settled else None
    payment.save()
    tell(payment)
    return payment


def tell(payment: Payment) -> None:
    """Send the signal that belongs to the payment's new status."""
    if payment.status == Status.SUCCEEDED:
        payment_settled.send(sender=Payment, payment=payment)
    elif payment.status == Status.FAILED:
        payment_failed.send(sender=Payment, payment=payment)


def cancel_intent(*, payment: Payment) -> Payment:
    """Make sure that nobody pays this any longer; money that was faster is settled. Outside of transactions."""
    if payment.intent_id is None:
        Payment.objects.open().filter(pk=payment.pk, intent_id=None).update(status=Status.CANCELLED)
        payment.refresh_from_db()
        return payment
    intent = gateway_named(payment.gateway).cancel_intent(payment.intent_id)
    return apply_intent(payment_id=payment.pk, intent=intent)
