"""What staff read in the morning: the orders of the day before."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.urls import reverse

from accounts.models import User
from accounts.roles import STAFF_ROLES
from notifications.contexts import page, status_label
from notifications.mails.formatting import day as written
from notifications.mails.formatting import money
from notifications.outbox.queueing import queue
from orders.models import Order

# How many orders stand in the mail; the others are a number and a link.
LISTED = 20


def send_digest(*, day: date) -> int:
    """Owe everybody who works here the mail about the orders placed on `day` (UTC); how many people they are.

    Once for each day and person, however often it is called. A day without orders has no mail.
    """
    start = datetime.combine(day, time.min, tzinfo=UTC)
    placed = Order.objects.filter(order_date__gte=start, order_date__lt=start + timedelta(days=1))
    if not placed.exists():
        return 0
    readers = User.objects.filter(role__in=STAFF_ROLES, is_active=True).order_by("pk")
    for reader in readers:
        event = f"digest:{day.isoformat()}"
        queue(
            kind="staff_digest",
            event=event,
            recipient=reader.email,
            user=reader,
            context=lambda: digest(placed, day=day),
        )
    return len(readers)


def digest(placed: Any, *, day: date) -> dict[str, Any]:
    """The orders of the day, newest last, and what they come to in each currency."""
    count = placed.count()
    listed = placed.select_related("user").order_by("pk")[:LISTED]
    sums = placed.order_by("currency").values_list("currency").annotate(sum=Sum("total"))
    return {
        "day": written(day),
        "count": count,
        "orders": [line(order) for order in listed],
        "more": max(count - LISTED, 0),
        "totals": [money(Decimal(total), currency) for currency, total in sums],
        "admin_url": page(reverse("admin:orders_order_changelist").lstrip("/")),
    }


def line(order: Order) -> dict[str, Any]:
    """An order on one line."""
    return {
        "number": order.pk,
        "customer": str(order.user),
        "total": money(order.total, order.currency),
        "status": status_label(order.status),
    }
