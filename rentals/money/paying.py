"""The intent with which a rental is paid."""

import uuid
from datetime import datetime

from django.utils import timezone
from django_tasks import task

from core.db import transactional
from core.errors import DomainError
from core.money import ZERO
from payments import services as payments
from payments.gateways import preferred
from payments.models import Payment
from payments.payables import close_intents
from rentals.models import Installment, Rental, RentalPayment
from rentals.money.pricing import AmountDue, buyout_quote, installment_due

Purpose = RentalPayment.Purpose
AUTOPAY_KEYS = uuid.UUID("6b1f0f52-0f3c-5d0e-9d51-6f1f6d1b7f0a")


class NothingToPayForBuyout(DomainError):
    code = "nothing_to_pay"
    message = "The buyout price is 0. POST the buyout without a transaction_id."


def amount_due(rental: Rental, purpose: str, *, now: datetime) -> AmountDue:
    """What to pay now for that purpose. Raises WrongRentalStatus, NothingToPay, NothingToPayForBuyout."""
    if purpose == Purpose.INSTALLMENT:
        return installment_due(rental)
    quote = buyout_quote(rental, now=now)
    if not quote.total:
        raise NothingToPayForBuyout
    return AmountDue(quote.total, quote.fees, quote.valid_until, quote.payments_made)


def payment_intent_for(*, rental: Rental, purpose: str) -> Payment:
    """The payment to make now, with its intent at the gateway; the same one until it is paid or its price changes.

    Outside of transactions. Raises what `amount_due` raises, and GatewayUnavailable, GatewayRefused.
    """
    close_intents(outdated_payments(rental, purpose))
    return payments.ensure_intent(payment=open_payment_for(rental_id=rental.pk, purpose=purpose).payment)


def open_links(rental: Rental, purpose: str) -> list[RentalPayment]:
    """The open payments for that purpose that the customer began; autopay has its own."""
    links = rental.rental_payments.filter(purpose=purpose, autopay_installment=None)
    return list(links.filter(payment__status__in=Payment.OPEN).select_related("payment"))


def outdated_payments(rental: Rental, purpose: str) -> list[Payment]:
    now = timezone.now()
    due = amount_due(Rental.objects.with_schedule().get(pk=rental.pk), purpose, now=now)
    return [link.payment for link in open_links(rental, purpose) if not due.matches(link, now=now)]


@transactional
def open_payment_for(*, rental_id: int, purpose: str) -> RentalPayment:
    """The open payment of that purpose with the amount that is due, made now when there is none."""
    Rental.objects.select_for_update().get(pk=rental_id)
    rental = Rental.objects.with_schedule().select_related("user").get(pk=rental_id)
    now = timezone.now()
    due = amount_due(rental, purpose, now=now)
    gateway = preferred(currency=rental.currency)
    for link in open_links(rental, purpose):
        if link.payment.gateway == gateway and due.matches(link, now=now):
            return link
    payment = payments.open_payment(user=rental.user, amount=due.amount, currency=rental.currency, gateway=gateway)
    return link_payment(payment, rental=rental, purpose=purpose, due=due)


def link_payment(payment: Payment, *, rental: Rental, purpose: str, due: AmountDue) -> RentalPayment:
    """Record what the payment is for, and on which basis."""
    return RentalPayment.objects.create(rental=rental, payment=payment, **due.as_link(purpose))


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
    link = link_payment(payment, rental=rental, purpose=Purpose.INSTALLMENT, due=AmountDue(payment.amount, fees))
    installment.autopay_payment = link
    installment.save(update_fields=["autopay_payment"])
    return link


@task
def close_intents_task(rental_id: int) -> None:
    rental = Rental.objects.get(pk=rental_id)
    if rental.is_over:
        rental.close_intents()
