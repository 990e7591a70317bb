"""A customer's figures."""

from typing import Any

from django.db.models import Count, F, Sum

from accounts.models import User
from core.money import ZERO, quantize
from payments.models import Payment
from rentals.models import Rental

UPCOMING = 10


def stats_of(user: User) -> dict[str, Any]:
    """The contract's statistics about the user's own rentals; five queries.

    `total_spent` is money that was paid, less what went back.
    """
    rentals = Rental.objects.filter(user=user)
    counted = dict(rentals.order_by().values_list("status").annotate(Count("id")))
    paid = Payment.objects.settled().filter(rental_payment__rental__user=user)
    spent = paid.aggregate(sum=Sum(F("amount") - F("refunded_amount")))["sum"]
    return {
        "total_rentals": sum(counted.values()),
        "status_counts": {status: counted.get(status, 0) for status in Rental.Status.values},
        "total_spent": quantize(spent or ZERO),
        "upcoming_payments": upcoming(user),
        "total_products_rented": rentals.aggregate(n=Count("product", distinct=True))["n"],
    }


def upcoming(user: User) -> list[Rental]:
    """The rentals that run and have something to pay, the soonest due first."""
    running = Rental.objects.filter(user=user, status=Rental.Status.ACTIVE).with_schedule()
    due = [(rental.next_payment_date, rental.pk, rental) for rental in running if rental.next_payment_date]
    return [rental for *_, rental in sorted(due, key=lambda row: row[:2])[:UPCOMING]]
