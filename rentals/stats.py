"""A customer's figures."""

from typing import Any

from django.db.models import Count, F, Sum

from accounts.models import User
from core.money import ZERO, quantize
from payments.models import Payment
from rentals.models import Rental
from rentals.money.pricing import next_installment

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


def upcoming(user: User) -> list[dict[str, Any]]:
    """The next payment of each rental that runs, the soonest first."""
    running = Rental.objects.filter(user=user, status=Rental.Status.ACTIVE).with_schedule()
    following = [(rental, installment) for rental in running if (installment := next_installment(rental))]
    following.sort(key=lambda pair: (pair[1].due_date, pair[0].pk))
    return [
        {
            "id": rental.pk,
            "product_id": rental.product_id,
            "next_payment_date": installment.due_date,
            "monthly_rate": rental.monthly_rate,
            "product_name": rental.product_name,
        }
        for rental, installment in following[:UPCOMING]
    ]
