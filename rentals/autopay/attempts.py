"""One try at a charge: whether it may still be made, the charge itself, and what became of it.

Whoever begins may die at any line, and whoever comes after runs the same lines again: the gateway has one intent for
the installment, and knows the try by its number. So nothing is given up before the gateway has been asked whether
the money is there.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from core.db import transactional
from core.signals import autopay_failed
from payments import services as payments
from payments.cards.declines import ANOTHER_CARD_NEEDED, NEVER_RETRIED, Decline, kind_of
from payments.cards.services import CardNotUsable, charge_saved_card
from payments.gateways.base import GatewayRefused
from payments.models import Payment
from rentals.autopay.consents import in_force
from rentals.models import Autopay, ChargeAttempt, Installment, Rental
from rentals.money.paying import autopay_payment_for

Status = ChargeAttempt.Status

# A soft decline is tried again on these days after the first try.
RETRY_DAYS = (3, 5, 7)


@dataclass(frozen=True)
class Failure:
    """Why a charge did not go through, and what that means for further tries."""

    code: str
    message: str
    kind: Decline


def charge(attempt: ChargeAttempt) -> None:
    """Ask the gateway for the money, and write down what it says.

    Outside of transactions. Raises GatewayUnavailable, and then the try is still to be made.
    """
    permitted = permit(attempt=attempt)
    if permitted is None:
        let_go(attempt)
        return
    consent, payment = permitted
    payment, refusal = ask(payment, consent, attempt)
    conclude(attempt=attempt, consent=consent, payment=payment, refusal=refusal)


@transactional
def permit(*, attempt: ChargeAttempt) -> tuple[Autopay, Payment] | None:
    """The consent to charge under and the payment to charge; None when it is not, or no longer, to be charged.

    A try belongs to the consent that was in force when it was written: another card is another try.
    """
    held = hold(attempt)
    consent = in_force(held.installment.rental)
    if not is_due(held.installment) or consent is None or consent.consented_at > attempt.created_at:
        return None
    return consent, autopay_payment_for(installment=held.installment).payment


def hold(attempt: ChargeAttempt) -> ChargeAttempt:
    """The try as it is now, with its installment; the rental is locked, and the try with it."""
    Rental.objects.select_for_update().get(pk=attempt.installment.rental_id)
    ChargeAttempt.objects.select_for_update().get(pk=attempt.pk)
    related = ("installment__rental__user", "installment__autopay_payment__payment")
    return ChargeAttempt.objects.select_related(*related).get(pk=attempt.pk)


def is_due(installment: Installment) -> bool:
    return installment.is_open and installment.rental.status == Rental.Status.ACTIVE


def ask(payment: Payment, consent: Autopay, attempt: ChargeAttempt) -> tuple[Payment, Failure | None]:
    """Charge; the payment after that, and why nobody was asked when nobody was."""
    refusal = last_word_on(consent)
    if refusal is None:
        try:
            return charge_saved_card(payment=payment, card=consent.card, attempt=str(attempt.number)), None
        except (CardNotUsable, GatewayRefused) as error:
            refusal = Failure(error.code, error.message, Decline.HARD)
    return looked_up(payment), refusal


def last_word_on(consent: Autopay) -> Failure | None:
    """The hard decline of this card under this consent; the bank is not asked again after one."""
    hard = ChargeAttempt.objects.filter(
        installment__rental=consent.rental_id,
        created_at__gte=consent.consented_at,
        status=Status.DECLINED,
        failure_code__in=NEVER_RETRIED | ANOTHER_CARD_NEEDED,
    ).first()
    return Failure(hard.failure_code, hard.failure_message, Decline.HARD) if hard else None


def looked_up(payment: Payment) -> Payment:
    """The payment as the gateway has it: an earlier run may have charged it. Raises GatewayUnavailable."""
    payment.refresh_from_db()
    if payment.is_open and payment.intent_id:
        with suppress(payments.NotSettled, GatewayRefused):
            payments.confirm(payment=payment)
        payment.refresh_from_db()
    return payment


def let_go(attempt: ChargeAttempt) -> None:
    """It is not to be charged. But an earlier run of this try may have done so: the gateway is asked first.

    One that will never be charged is closed there. Raises GatewayUnavailable.
    """
    installment = Installment.objects.select_related("rental", "autopay_payment__payment").get(
        pk=attempt.installment_id
    )
    link = installment.autopay_payment
    if link is not None and is_due(installment):
        looked_up(link.payment)
    elif link is not None and link.payment.is_open:
        with suppress(GatewayRefused):
            payments.cancel_intent(payment=link.payment)
    drop(attempt=attempt)


@transactional
def drop(*, attempt: ChargeAttempt) -> None:
    """Write that the try was not made, or that it had paid after all. Under another consent there is a new one."""
    held = hold(attempt)
    if held.status != Status.QUEUED:
        return
    installment = held.installment
    paid = installment.is_paid and installment.paid_with_id == installment.autopay_payment_id
    finish(held, Status.SUCCEEDED if paid else Status.DROPPED)
    if is_due(installment) and in_force(installment.rental):
        set_next_try(installment, timezone.localdate())


@transactional
def conclude(*, attempt: ChargeAttempt, consent: Autopay, payment: Payment, refusal: Failure | None) -> None:
    """Write what became of the try, and when there is to be another; tell of a failure, once."""
    held = hold(attempt)
    payment.refresh_from_db()
    if held.status != Status.QUEUED or payment.status == Payment.Status.PROCESSING:
        return  # over, or the gateway is at it: the webhook or the next run will tell
    if payment.is_settled or not is_due(held.installment):
        finish(held, Status.SUCCEEDED if payment.is_settled else Status.DROPPED)
        return
    fail(held, refusal or failure_of(payment), consent)


def failure_of(payment: Payment) -> Failure:
    if payment.status == Payment.Status.CANCELLED:
        return Failure("payment_cancelled", "The payment was cancelled.", Decline.AUTHENTICATION)
    asks = payment.status == Payment.Status.REQUIRES_ACTION
    kind = Decline.AUTHENTICATION if asks else kind_of(payment.failure_code)
    return Failure(payment.failure_code, payment.failure_message, kind)


def fail(attempt: ChargeAttempt, failure: Failure, consent: Autopay) -> None:
    """Write the failure, and the day of the next try: today when the customer has given another card meanwhile."""
    installment = attempt.installment
    attempt.failure_code, attempt.failure_message = failure.code[:80], failure.message[:500]
    finish(attempt, Status.NEEDS_CUSTOMER if failure.kind == Decline.AUTHENTICATION else Status.DECLINED)
    now = in_force(installment.rental)
    if now is not None and now.pk != consent.pk:
        set_next_try(installment, timezone.localdate())
        return
    set_next_try(installment, next_try(installment, consent) if failure.kind == Decline.SOFT else None)
    autopay_failed.send(sender=ChargeAttempt, rental=installment.rental, installment=installment, attempt=attempt)


def finish(attempt: ChargeAttempt, status: str) -> None:
    attempt.status, attempt.finished_at = status, timezone.now()
    attempt.save(update_fields=["status", "finished_at", "failure_code", "failure_message"])


def set_next_try(installment: Installment, day: date | None) -> None:
    """Write when autopay tries again; None for never by itself."""
    installment.charge_on = day
    installment.save(update_fields=["charge_on"])


def next_try(installment: Installment, consent: Autopay) -> date | None:
    """The day of the next try after a soft decline, counted from the first one with this card.

    None when there were enough.
    """
    tries = list(installment.charge_attempts.filter(created_at__gte=consent.consented_at).order_by("number"))
    if len(tries) > len(RETRY_DAYS):
        return None
    following = timezone.localtime(tries[0].created_at).date() + timedelta(days=RETRY_DAYS[len(tries) - 1])
    return max(following, timezone.localdate() + timedelta(days=1))
