"""The intent with which a rental is paid."""

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django_tasks import task

from core.db import transactional
from core.errors import DomainError
from core.money import ZERO
from payments import services as payments
from payments.gateways import preferred
from payments.models import Payment
from rentals.errors import RentalNotFound
from rentals.models import Installment, Rental, RentalPayment
from rentals.money.pricing import buyout_quote, installment_due

logger = logging.getLogger(__name__)
Purpose = RentalPayment.Purpose
AUTOPAY_KEYS = uuid.UUID("6b1f0f52-0f3c-5d0e-9d51-6f1f6d1b7f0a")


class NothingToPayForBuyout(DomainError):
    code = "nothing_to_pay"
    message = "The buyout price is 0. POST the buyout without a transaction_id."


@dataclass(frozen=True)
class Ask:
    """What a payment made now would have to bring, and on which basis."""

    amount: Decimal
    fee_total: Decimal
    valid_until: datetime | None = None
    payments_made: int | None = None

    def is_made_by(self, link: RentalPayment, *, now: datetime) -> bool:
        """Whether this payment, begun before, asks for the same and still may."""
        same = (link.payment.amount, link.fee_total) == (self.amount, self.fee_total)
        in_time = link.valid_until is None or link.valid_until > now
        return same and in_time and link.quoted_payments_made == self.payments_made


def ask_of(rental: Rental, purpose: str, *, now: datetime) -> Ask:
    """What to pay now for that purpose. Raises WrongRentalStatus, NothingToPay, NothingToPayForBuyout."""
    if purpose == Purpose.INSTALLMENT:
        due = installment_due(rental)
        return Ask(amount=due.amount, fee_total=due.fees)
    quote = buyout_quote(rental, now=now)
    if not quote.total:
        raise NothingToPayForBuyout
    return Ask(quote.total, quote.fees, quote.valid_until, quote.payments_made)


def payment_intent_for(*, rental: Rental, purpose: str) -> Payment:
    """The payment to make now, with its intent at the gateway; the same one until it is paid or its price changes.

    Outside of transactions. Raises what `ask_of` raises, and GatewayUnavailable, GatewayRefused.
    """
    close_intents(outdated(rental, purpose))
    return payments.ensure_intent(payment=open_payment_for(rental_id=rental.pk, purpose=purpose).payment)


def pay_rental(user: Any, rental_id: int) -> Payment:
    """The payment of the next installment, for the first clients' addresses. Raises RentalNotFound."""
    rental = Rental.objects.visible_to(user).filter(pk=rental_id).first()
    if rental is None:
        raise RentalNotFound
    return payment_intent_for(rental=rental, purpose=Purpose.INSTALLMENT)


def begun(rental: Rental, purpose: str) -> list[RentalPayment]:
    """The payments by hand that somebody began for that purpose and nobody has finished."""
    links = rental.rental_payments.filter(purpose=purpose, autopay_installment=None)
    return list(links.filter(payment__status__in=Payment.OPEN).select_related("payment"))


def outdated(rental: Rental, purpose: str) -> list[Payment]:
    now = timezone.now()
    ask = ask_of(Rental.objects.with_schedule().get(pk=rental.pk), purpose, now=now)
    return [link.payment for link in begun(rental, purpose) if not ask.is_made_by(link, now=now)]


@transactional
def open_payment_for(*, rental_id: int, purpose: str) -> RentalPayment:
    """The one payment of that purpose that is open and brings what is due, made now when there is none."""
    Rental.objects.select_for_update().get(pk=rental_id)
    rental = Rental.objects.with_schedule().select_related("user").get(pk=rental_id)
    now = timezone.now()
    ask = ask_of(rental, purpose, now=now)
    gateway = preferred(currency=rental.currency)
    for link in begun(rental, purpose):
        if link.payment.gateway == gateway and ask.is_made_by(link, now=now):
            return link
    payment = payments.open_payment(user=rental.user, amount=ask.amount, currency=rental.currency, gateway=gateway)
    return link_payment(payment, rental=rental, purpose=purpose, ask=ask)


def link_payment(payment: Payment, *, rental: Rental, purpose: str, ask: Ask) -> RentalPayment:
    """Write down what the payment is to pay, and on which basis."""
    return RentalPayment.objects.create(
        rental=rental,
        payment=payment,
        purpose=purpose,
        fee_total=ask.fee_total,
        valid_until=ask.valid_until,
        quoted_payments_made=ask.payments_made,
    )


@transactional
def autopay_payment_for(*, installment: Installment) -> RentalPayment:
    """The one payment with which autopay pays this installment, ever.

    Its key, and so the gateway's idempotency key, follows from contract and installment. Open late fees come with
    the rental's oldest open installment and no other, so that two charges at once do not both ask for them.
    """
    Rental.objects.select_for_update().get(pk=installment.rental_id)
    installment.refresh_from_db()
    if installment.autopay_payment is not None:
        return installment.autopay_payment
    rental = Rental.objects.with_schedule().select_related("user").get(pk=installment.rental_id)
    fees = rental.late_fees_due if rental.next_installment == installment else ZERO
    payment = payments.open_payment(
        user=rental.user,
        amount=installment.amount + fees,
        currency=rental.currency,
        gateway=preferred(currency=rental.currency),
        key=uuid.uuid5(AUTOPAY_KEYS, f"rental {rental.pk} installment {installment.number}"),
    )
    link = link_payment(payment, rental=rental, purpose=Purpose.INSTALLMENT, ask=Ask(payment.amount, fees))
    installment.autopay_payment = link
    installment.save(update_fields=["autopay_payment"])
    return link


def close_intents(open_payments: Iterable[Payment]) -> None:
    """Ask the gateway to take no more money for these; what arrives all the same is refunded."""
    for payment in open_payments:
        try:
            payments.cancel_intent(payment=payment)
        except DomainError as error:
            logger.warning("Intent of payment %s stays open: %s", payment.pk, error.message)


@task
def close_intents_task(rental_id: int) -> None:
    rental = Rental.objects.get(pk=rental_id)
    if rental.is_over:
        close_intents(rental.payments().open())
