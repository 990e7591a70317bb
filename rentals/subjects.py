"""Rentals, as payments and its back office see them: something that was paid."""

from functools import partial

from django.urls import reverse

from payments.models import Payment
from payments.subjects import Subject
from rentals.evidence import evidence_of
from rentals.models import Rental


def subject_of(payment: Payment) -> Subject | None:
    """The rental that this payment pays; None when it pays something else."""
    rental = Rental.objects.filter(rental_payments__payment=payment).first()
    if rental is None:
        return None
    url = reverse("admin:rentals_rental_change", args=[rental.pk])
    return Subject(str(rental), f"rental-{rental.pk}", url, partial(evidence_of, rental))
