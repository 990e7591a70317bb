"""Money that came and was not asked for: another amount or currency than the payment's, or the same once more.

It delivers nothing. It is booked as a deposit of its own, reported to staff, and waits for them to send it back.
"""

import logging
from typing import Any

from django.utils import timezone

from core.db import transactional
from core.errors import DomainError
from core.money import MAX_AMOUNT, ZERO
from payments.gateways import gateway_named
from payments.gateways.records import Intent
from payments.models import Payment, Refund
from payments.refunds.services import request_refund
from payments.signals import money_astray, payment_settled

logger = logging.getLogger(__name__)

REASON = "This money was not asked for"


class NothingToReturn(DomainError):
    """All of it went back, or is on its way."""

    code = "nothing_to_return"
    message = "All of this money went back, or is on its way."


def is_stray(payment: Payment, intent: Intent) -> bool:
    """Whether the intent tells of money that is not what the payment asks for.

    Only where the payer's browser names the amount; elsewhere such an answer is a mistake and moves nothing.
    """
    if intent.status != Payment.Status.SUCCEEDED or not gateway_named(payment.gateway).payer_names_amount:
        return False
    if (intent.amount, intent.currency) != (payment.amount, payment.currency):
        return True
    return payment.is_settled and intent.charge_id != payment.charge_id


def set_aside(payment: Payment, intent: Intent) -> bool:
    """Write down what came astray, once; False for an intent that is none, or over what is no amount.

    Outside of transactions, so that it stays when what was tried with the payment does not.
    """
    amount = intent.received or intent.amount
    if not is_stray(payment, intent) or not intent.charge_id or not ZERO < amount <= MAX_AMOUNT:
        return False
    if not Payment.objects.filter(gateway=payment.gateway, intent_id=intent.charge_id).exists():
        write_stray(payment=payment, intent=intent)
    return True


@transactional
def write_stray(*, payment: Payment, intent: Intent) -> None:
    """The part of `set_aside` that is in the database."""
    known: dict[str, Any] = {
        "user": payment.user,
        "amount": intent.received or intent.amount,
        "currency": intent.currency,
        "charge_id": intent.charge_id,
        "status": Payment.Status.SUCCEEDED,
        "settled_at": timezone.now(),
        "came_for": payment,
    }
    stray, is_new = Payment.objects.get_or_create(gateway=payment.gateway, intent_id=intent.charge_id, defaults=known)
    if is_new:
        logger.warning("Payment %s is money that was not asked for, on payment %s", stray.pk, payment.pk)
        payment_settled.send(sender=Payment, payment=stray)
        money_astray.send(sender=Payment, payment=stray)


def send_back(payment: Payment, *, by: Any) -> Refund:
    """Ask for all that is left of a stray to go back. Raises NothingToReturn."""
    left = payment.refundable
    if payment.came_for_id is None or left <= ZERO:
        raise NothingToReturn
    return request_refund(payment=payment, amount=left, reason=REASON, by=by)
