"""Autopay: the customer's consent to be charged, and its end."""

from datetime import date
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.utils import timezone

from core.db import transactional
from payments.cards.services import finish_setup
from payments.cards.wallet import lock_usable_card
from payments.models import SavedCard
from payments.signals import card_removed
from rentals.errors import WrongRentalStatus
from rentals.models import Autopay, Installment, Rental

CONSENT_VERSION = "2026-11"
CONSENT = (
    "I authorize {shop} to charge my saved card {rate} {currency} for each monthly payment of rental #{number} on "
    "the day it is due, and late fees that the contract names, until the rental ends or I turn autopay off, which I "
    "may do at any time."
)


def consent_text(rental: Rental) -> str:
    return CONSENT.format(
        shop=settings.SHOP_NAME, rate=rental.monthly_rate, currency=rental.currency, number=rental.pk
    )


def active_consent(rental: Rental) -> Autopay | None:
    """The consent in force, with its card; None when autopay is off."""
    return Autopay.objects.filter(active_for=rental).select_related("card").first()


def turn_on(*, rental: Rental, setup_id: str, ip: str = "") -> Autopay:
    """Pay from now on with the card of a finished set-up; it replaces the active one.

    Raises WrongRentalStatus, and what finishing the set-up raises (NotFound, CardNotSaved, GatewayUnavailable).
    """
    refuse_unsigned(rental)
    card = finish_setup(user=rental.user, setup_id=setup_id)
    return record_consent(rental_id=rental.pk, card=card, ip=ip)


def refuse_unsigned(rental: Rental) -> None:
    if rental.status != Rental.Status.ACTIVE:
        raise WrongRentalStatus(f"Autopay needs a signed, running rental: this one is {rental.status}.")


@transactional
def record_consent(*, rental_id: int, card: SavedCard, ip: str) -> Autopay:
    """Record the consent with its text and time. What is due is tried with the new card.

    Raises WrongRentalStatus, and CardNotUsable for a card that was removed meanwhile.
    """
    lock_usable_card(card)
    rental = Rental.objects.select_for_update().get(pk=rental_id)
    refuse_unsigned(rental)
    current = active_consent(rental)
    if current is not None and current.card_id == card.pk:
        return current
    end_consent(rental)
    retry_due_installments(rental, today=timezone.localdate())
    return Autopay.objects.create(
        rental=rental,
        active_for=rental,
        card=card,
        consent_text=consent_text(rental),
        consent_version=CONSENT_VERSION,
        consented_at=timezone.now(),
        consent_ip=ip or None,
    )


def retry_due_installments(rental: Rental, *, today: date) -> None:
    """Try what is due at once with the new card, even after a hard decline of the old one.

    Attempts under way are left alone; they find out by themselves that they are another card's.
    """
    due = rental.installments.filter(state=Installment.State.OPEN, due_date__lte=today)
    due.exclude(charge_attempts__status="queued").update(charge_on=today)


@transactional
def turn_off(*, rental: Rental) -> None:
    """End autopay: no charge begins from this moment on."""
    end_consent(Rental.objects.select_for_update().get(pk=rental.pk))


def end_consent(rental: Rental) -> None:
    Autopay.objects.filter(active_for=rental).update(active_for=None, ended_at=timezone.now())


@receiver(card_removed, sender=SavedCard)
@transactional
def end_with_card(card: SavedCard, **_: Any) -> None:
    """End every active consent to charge this card."""
    rentals = Autopay.objects.filter(card=card, active_for__isnull=False).order_by("rental_id")
    for rental_id in list(rentals.values_list("rental_id", flat=True)):
        rental = Rental.objects.select_for_update().get(pk=rental_id)
        # Another card may have taken over by now.
        Autopay.objects.filter(active_for=rental, card=card).update(active_for=None, ended_at=timezone.now())
