"""Rentals, as payments and its back office see them: something that was paid."""

from collections.abc import Collection
from functools import partial

from django.urls import reverse

from payments.subjects import Subject
from rentals.evidence import evidence_of
from rentals.models import Rental, RentalPayment


def paid_rentals(payment_ids: Collection[int]) -> dict[int, Subject]:
    """The rentals that these payments pay, by the payment's id."""
    links = RentalPayment.objects.filter(payment__in=payment_ids).select_related("rental")
    return {link.payment_id: subject(link.rental) for link in links}


def subject(rental: Rental) -> Subject:
    """The rental as something that was paid."""
    url = reverse("admin:rentals_rental_change", args=[rental.pk])
    return Subject(str(rental), f"rental-{rental.pk}", url, partial(evidence_of, rental))
