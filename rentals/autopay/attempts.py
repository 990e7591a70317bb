"""One attempt at a charge: whether it may still be made, the charge itself, and its outcome.

A worker may die at any line, and the next one runs the same lines again: the gateway has one intent for the
installment, and knows the attempt by its number. So no attempt is abandoned before the gateway was asked whether the
money is there.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from core.db import transactional
from payments import services as payments
from payments.cards.declines import ANOTHER_CARD_NEEDED, NEVER_RETRIED, Decline, kind_of
from payments.cards.services import CardNotUsable, charge_saved_card
from payments.gateways.base import GatewayRefused
from payments.models import Payment
from rentals.autopay.consents import active_consent
from rentals.models import Autopay, ChargeAttempt, Installment, Rental
from rentals.money.paying import autopay_payment_for
from rentals.signals import autopay_failed

Status = ChargeAttempt.Status

# A soft decline is tried again on these days after the first attempt.
RETRY_DAYS = (3, 5, 7)


@dataclass(frozen=True)
class Failure:
    """Why a charge failed, and what that means for further attempts."""

    code: str
    message: str
    kind: Decline


def charge(attempt: ChargeAttempt) -> None:
    """Charge the card and record the outcome.

    Outside of transactions. Raises GatewayUnavailable, and then the attempt is still to be made.
    """
    permitted = permit(attempt=attempt)
    if permitted is None:
        abandon_attempt(attempt)
        return
    consent, payment = permitted
    payment, refusal = charge_card(payment, consent, attempt)
    conclude(attempt=attempt, consent=consent, payment=payment, refusal=refusal)


@transactional
def permit(*, attempt: ChargeAttempt) -> tuple[Autopay, Payment] | None:
    """The consent and the payment to charge; None when the installment is not, or no longer, to be charged.

    An attempt belongs to the consent that was active when it was written: another card is another attempt.
    """
    current = lock_attempt(attempt)
    consent = active_consent(current.installment.rental)
    if not is_due(current.installment) or consent is None or consent.consented_at > attempt.created_at:
        return None
    return consent, autopay_payment_for(installment=current.installment).payment


def lock_attempt(attempt: ChargeAttempt) -> ChargeAttempt:
    """The attempt as it is now, with its installment; the rental and the attempt are locked."""
    Rental.objects.select_for_update().get(pk=attempt.installment.rental_id)
    ChargeAttempt.objects.select_for_update().get(pk=attempt.pk)
    related = ("installment__rental__user", "installment__autopay_payment__payment")
    return ChargeAttempt.objects.select_related(*related).get(pk=attempt.pk)


def is_due(installment: Installment) -> bool:
    return installment.is_open and installment.rental.status == Rental.Status.ACTIVE


def charge_card(payment: Payment, consent: Autopay, attempt: ChargeAttempt) -> tuple[Payment, Failure | None]:
    """Charge; the payment after that, and why the gateway was not asked, where it was not."""
    refusal = hard_decline_of(consent)
    if refusal is None:
        try:
            return charge_saved_card(payment=payment, card=consent.card, attempt=str(attempt.number)), None
        except (CardNotUsable, GatewayRefused) as error:
            refusal = Failure(error.code, error.message, Decline.HARD)
    return refreshed_from_gateway(payment), refusal


def hard_decline_of(consent: Autopay) -> Failure | None:
    """The hard decline of this card under this consent; after one the bank is never asked again."""
    hard = ChargeAttempt.objects.filter(
        installment__rental=consent.rental_id,
        created_at__gte=consent.consented_at,
        status=Status.DECLINED,
        failure_code__in=NEVER_RETRIED | ANOTHER_CARD_NEEDED,
    ).first()
    return Failure(hard.failure_code, hard.failure_message, Decline.HARD) if hard else None


def refreshed_from_gateway(payment: Payment) -> Payment:
    """The payment as the gateway has it: an earlier run may have charged it. Raises GatewayUnavailable."""
    payment.refresh_from_db()
    if payment.is_open and payment.intent_id:
        with suppress(payments.NotSettled, GatewayRefused):
            payments.confirm(payment=payment)
        payment.refresh_from_db()
    return payment


def abandon_attempt(attempt: ChargeAttempt) -> None:
    """End an attempt that is not to be made. An earlier run may have charged, so the gateway is asked first.

    An intent that will never be charged is cancelled there. Raises GatewayUnavailable.
    """
    installment = Installment.objects.select_related("rental", "autopay_payment__payment").get(
        pk=attempt.installment_id
    )
    link = installment.autopay_payment
    if link is not None and is_due(installment):
        refreshed_from_gateway(link.payment)
    elif link is not None and link.payment.is_open:
        with suppress(GatewayRefused):
            payments.cancel_intent(payment=link.payment)
    record_abandoned(attempt=attempt)


@transactional
def record_abandoned(*, attempt: ChargeAttempt) -> None:
    """Record that the attempt was not made, or had paid after all. Another consent gets a new attempt."""
    current = lock_attempt(attempt)
    if current.status != Status.QUEUED:
        return
    installment = current.installment
    paid = installment.is_paid and installment.paid_with_id == installment.autopay_payment_id
    finish(current, Status.SUCCEEDED if paid else Status.DROPPED)
    if is_due(installment) and active_consent(installment.rental):
        set_next_attempt(installment, timezone.localdate())


@transactional
def conclude(*, attempt: ChargeAttempt, consent: Autopay, payment: Payment, refusal: Failure | None) -> None:
    """Record the outcome and the day of the next attempt; a failure is signalled once."""
    current = lock_attempt(attempt)
    payment.refresh_from_db()
    if current.status != Status.QUEUED or payment.status == Payment.Status.PROCESSING:
        return  # over, or the gateway is processing it: the webhook or the next run has the outcome
    if payment.is_settled or not is_due(current.installment):
        finish(current, Status.SUCCEEDED if payment.is_settled else Status.DROPPED)
        return
    fail(current, refusal or failure_of(payment), consent)


def failure_of(payment: Payment) -> Failure:
    if payment.status == Payment.Status.CANCELLED:
        return Failure("payment_cancelled", "The payment was cancelled.", Decline.AUTHENTICATION)
    asks = payment.status == Payment.Status.REQUIRES_ACTION
    kind = Decline.AUTHENTICATION if asks else kind_of(payment.failure_code)
    return Failure(payment.failure_code, payment.failure_message, kind)


def fail(attempt: ChargeAttempt, failure: Failure, consent: Autopay) -> None:
    """Record the failure and the day of the next attempt: today when there is another card meanwhile."""
    installment = attempt.installment
    attempt.failure_code, attempt.failure_message = failure.code[:80], failure.message[:500]
    finish(attempt, Status.NEEDS_CUSTOMER if failure.kind == Decline.AUTHENTICATION else Status.DECLINED)
    now = active_consent(installment.rental)
    if now is not None and now.pk != consent.pk:
        set_next_attempt(installment, timezone.localdate())
        return
    set_next_attempt(installment, next_attempt_date(installment, consent) if failure.kind == Decline.SOFT else None)
    autopay_failed.send(sender=ChargeAttempt, rental=installment.rental, installment=installment, attempt=attempt)


def finish(attempt: ChargeAttempt, status: str) -> None:
    attempt.status, attempt.finished_at = status, timezone.now()
    attempt.save(update_fields=["status", "finished_at", "failure_code", "failure_message"])


def set_next_attempt(installment: Installment, day: date | None) -> None:
    """Set the day of the next attempt; None for never."""
    installment.charge_on = day
    installment.save(update_fields=["charge_on"])


def next_attempt_date(installment: Installment, consent: Autopay) -> date | None:
    """The day of the next attempt after a soft decline, from the first one with this card; None after the last."""
    attempts = list(installment.charge_attempts.filter(created_at__gte=consent.consented_at).order_by("number"))
    if len(attempts) > len(RETRY_DAYS):
        return None
    following = timezone.localtime(attempts[0].created_at).date() + timedelta(days=RETRY_DAYS[len(attempts) - 1])
    return max(following, timezone.localdate() + timedelta(days=1))
