"""Payments: opening and settling. The gateway is asked first, rows are locked after."""

from collections.abc import Callable
from decimal import Decimal
from time import monotonic
from typing import Any
from uuid import UUID

from django.utils import timezone

from core.db import transactional
from core.errors import DomainError, InvalidInput
from core.money import ZERO
from payments.gateways import NoGateway, gateway_named, offered
from payments.gateways.base import declined_with
from payments.gateways.records import Intent
from payments.models import Payment
from payments.models.payment import MANUAL
from payments.signals import payment_failed, payment_settled
from payments.strays import set_aside

Status = Payment.Status
ENDS = (Status.SUCCEEDED, Status.CANCELLED)  # what a gateway never takes back, so that no answer can be too old
UNPAID = (Status.CREATED, Status.REQUIRES_ACTION, Status.FAILED)  # no money is under way
TRIES = 5
# Seconds after which nobody is kept waiting for one more try.
PATIENCE = 0.5


class NotSettled(DomainError):
    """The gateway says that the money has not arrived."""

    code = "payment_not_settled"
    message = "The payment has not succeeded."


class StaleGatewayAnswer(DomainError):
    """Others wrote what the gateway says while we asked it: our answer may be the older one."""

    status = 503
    code = "payment_in_motion"
    message = "The payment is being updated. Try again in a moment."


class AmountTooSmall(DomainError):
    """The gateway takes nothing so small."""

    code = "amount_too_small"
    message = "The amount is too small to be paid this way."


class AmountMismatch(DomainError):
    """The gateway settled another amount or currency than was asked for."""

    code = "amount_mismatch"
    message = "The settled amount is not the one that was asked for."


def open_payment(*, user: Any, amount: Decimal, currency: str, gateway: str, key: UUID | None = None) -> Payment:
    """A payment that is not paid yet; `ensure_intent` then makes it known to the gateway, its own for life.

    `gateway` is one of `gateways.offered(currency=…)`. `key` is the payment's own, from which its idempotency keys
    are made; whoever derives it from what is paid (uuid5) gets the payment that it opened before, as it stands now.
    Raises NoGateway, AmountTooSmall.
    """
    if gateway not in offered(currency=currency):
        raise NoGateway
    if amount < gateway_named(gateway).minimum(currency):
        raise AmountTooSmall
    fields = {"user": user, "amount": amount, "currency": currency, "gateway": gateway}
    if key is None:
        return Payment.objects.create(**fields)
    payment, _ = Payment.objects.get_or_create(key=key, defaults=fields)
    return payment


def ensure_intent(*, payment: Payment, customer_id: str = "") -> Payment:
    """The payment with its intent at the gateway, made now unless it was before.

    With `customer_id` a new intent is tied to that customer of the card vault. Outside of transactions. However
    often it runs or dies half-way, the idempotency key allows one intent.
    """
    if payment.intent_id is None:
        # A gateway refuses a key that comes back with other arguments.
        suffix = "-saved-card" if customer_id else ""
        intent = gateway_named(payment.gateway).create_intent(
            amount=payment.amount,
            currency=payment.currency,
            idempotency_key=f"{payment.idempotency_key}{suffix}",
            reference=str(payment.pk),
            customer_id=customer_id,
        )
        known = {"intent_id": intent.id, "client_secret": intent.client_secret}
        if Payment.objects.filter(pk=payment.pk, intent_id=None).update(**known):
            payment.intent_id, payment.client_secret = intent.id, intent.client_secret
        else:
            payment.refresh_from_db()
    return payment


@transactional
def record_by_hand(
    *,
    user: Any,
    amount: Decimal,
    currency: str,
    reason: str,
    by: Any,
    link: Callable[[Payment], Any] | None = None,
) -> Payment:
    """Money that `by`, one of the staff, took from `user` by hand, settled at once.

    `link` writes down what the payment pays for before `payment_settled` tells of it, in the same transaction.
    Raises InvalidInput without an amount above zero or a reason.
    """
    if amount <= ZERO:
        raise InvalidInput("amount: must be more than 0.", details={"amount": ["Must be more than 0."]})
    if not reason.strip():
        raise InvalidInput("reason: say why.", details={"reason": ["Say why."]})
    payment = Payment.objects.create(
        user=user,
        amount=amount,
        currency=currency,
        gateway=MANUAL,
        status=Status.SUCCEEDED,
        settled_at=timezone.now(),
        taken_by=by,
        note=reason.strip()[:200],
    )
    if link:
        link(payment)
    send_signal(payment)
    return payment


def confirm(*, payment: Payment) -> Payment:
    """Ask the gateway and settle. Raises NotSettled with the gateway's reason when the money is not there."""
    if not payment.is_settled:
        payment = ask_gateway(payment=payment)
    if not payment.is_settled:
        text = payment.failure_message or f"The payment has not succeeded: it is {payment.status}."
        raise NotSettled(text, details=declined_with(payment.failure_code))
    return payment


def ask_gateway(*, payment: Payment) -> Payment:
    """The payment with what the gateway says of it now; unchanged when it does not know it.

    Outside of transactions. Whoever asks at the same time may be answered earlier and write later; then it is asked
    again, so that the last word is the newest, but by nobody who has waited. Money that was not asked for is set
    aside. Raises GatewayUnavailable, GatewayRefused, AmountMismatch, StaleGatewayAnswer.
    """
    begun = monotonic()
    for tries in range(TRIES):
        if tries and monotonic() - begun > PATIENCE:
            break
        version = Payment.objects.values_list("version", flat=True).get(pk=payment.pk)
        intent = gateway_named(payment.gateway).retrieve_intent(str(payment.intent_id))
        if intent is None:
            payment.refresh_from_db()
            return payment
        set_aside(payment, intent)
        try:
            return apply_intent(payment_id=payment.pk, intent=intent, version=version)
        except StaleGatewayAnswer:
            continue
    raise StaleGatewayAnswer


@transactional
def apply_intent(*, payment_id: int, intent: Intent, version: int | None = None) -> Payment:
    """Write what the gateway says of a payment; once settled or cancelled it stays so, whatever comes later.

    Sends `payment_settled` or `payment_failed` in the same transaction, once: a further decline only changes the
    reason. With the `version` that the payment had when the gateway was asked, raises StaleGatewayAnswer when it has
    another now, unless the intent is at its end. Raises AmountMismatch.
    """
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if version not in (None, payment.version) and intent.status not in ENDS:
        raise StaleGatewayAnswer
    payment.version += 1
    if not changes(payment, intent):
        payment.save(update_fields=["version"])
        return payment
    check_amount(payment, intent)
    before = payment.status
    payment.status = intent.status
    payment.charge_id = intent.charge_id
    payment.failure_code, payment.failure_message = intent.failure_code[:80], intent.failure_message[:500]
    payment.settled_at = timezone.now() if payment.is_settled else None
    payment.save()
    if before != payment.status:
        send_signal(payment, before=before)
    return payment


def check_amount(payment: Payment, intent: Intent) -> None:
    """Raises AmountMismatch unless the intent is over what the payment asks for."""
    if (intent.amount, intent.currency) != (payment.amount, payment.currency):
        raise AmountMismatch(
            f"{AmountMismatch.message} {intent.amount} {intent.currency} for {payment.amount} {payment.currency}."
        )


def changes(payment: Payment, intent: Intent) -> bool:
    """Whether the gateway says what the payment does not know and may still take in."""
    if payment.status == intent.status:
        return payment.is_open and intent.failure_code not in ("", payment.failure_code)
    return payment.is_open or (payment.status == Status.CANCELLED and intent.status == Status.SUCCEEDED)


def send_signal(payment: Payment, *, before: str = "") -> None:
    """Send the signal that belongs to the payment's new status.

    Of one that was cancelled after a decline that was not reported, the decline is reported.
    """
    declined = payment.status == Status.FAILED or (payment.status == Status.CANCELLED and payment.failure_code)
    if payment.status == Status.SUCCEEDED:
        payment_settled.send(sender=Payment, payment=payment)
    elif declined and before != Status.FAILED:
        payment_failed.send(sender=Payment, payment=payment)


def cancel_intent(*, payment: Payment) -> Payment:
    """Ask for this money no longer; money that was faster, or is under way, is not cancelled.

    Outside of transactions. Where the gateway cannot cancel, the payment is cancelled here alone: money that comes
    later all the same settles it, and the receiver of that sends it back.
    """
    if payment.intent_id is None:
        Payment.objects.open().filter(pk=payment.pk, intent_id=None).update(status=Status.CANCELLED)
        payment.refresh_from_db()
    if payment.intent_id is None:
        return payment
    intent = gateway_named(payment.gateway).cancel_intent(payment.intent_id)
    if intent is None or intent.status in UNPAID or set_aside(payment, intent):
        return cancel_here(payment_id=payment.pk)
    return apply_intent(payment_id=payment.pk, intent=intent)


@transactional
def cancel_here(*, payment_id: int) -> Payment:
    """The part of `cancel_intent` for an intent that can still be paid."""
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if payment.is_open:
        before, payment.status = payment.status, Status.CANCELLED
        payment.version += 1
        payment.save(update_fields=["status", "version", "updated_at"])
        send_signal(payment, before=before)
    return payment
