"""A customer's figures."""

from typing import Any

from django.db.models import Count, F, Sum

from accounts.models import User
from core.money import ZERO, quantize
from orders.models import Order
from payments.models import Payment


def stats_of(user: User) -> dict[str, Any]:
    """The contract's statistics about the user's own orders; three queries.

    `total_spent` is money that was paid, less what went back.
    """
    orders = Order.objects.filter(user=user)
    counted = dict(orders.order_by().values_list("status").annotate(Count("id")))
    paid = Payment.objects.settled().filter(order_payment__order__user=user)
    spent = paid.aggregate(sum=Sum(F("amount") - F("refunded_amount")))["sum"]
    return {
        "total_orders": sum(counted.values()),
        "status_counts": {status: counted.get(status, 0) for status in Order.Status.values},
        "total_spent": quantize(spent or ZERO),
        "most_recent_order": orders.order_by("-id").first(),
    }
