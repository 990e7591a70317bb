"""What the box office shows on the first page: tickets sold, money owed, refunds that wait at Paystack."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone

from core.admin.dashboard import Widget, register
from core.money import ZERO
from events.days import LAGOS
from events.models import Event, Organizer, Payout
from events.models.order import CURRENCY
from events.money.figures import SalesFigures
from payments.models import Refund

DAYS = 30


def figures() -> dict[str, Any]:
    """Tickets of today and of 30 days, what is owed to organizers, and what staff are waited for."""
    today = timezone.now().astimezone(LAGOS).date()
    month = SalesFigures(first=today - timedelta(days=DAYS - 1), last=today).by("day")
    paid_out = Payout.objects.aggregate(sum=Sum("amount"))["sum"] or ZERO
    waiting = Refund.objects.filter(
        status=Refund.Status.PENDING, payment__ticket_order_payment__isnull=False
    ).aggregate(count=Count("pk"), amount=Sum("amount"))
    return {
        "naira": CURRENCY,
        "today": month[today].tickets if today in month else 0,
        "month": sum(day.tickets for day in month.values()),
        "owed": SalesFigures().total().net - paid_out,
        "waiting": waiting["count"],
        "waiting_amount": waiting["amount"] or ZERO,
        "on_sale": Event.objects.published().filter(starts_at__gt=timezone.now()).count(),
        "unverified": Organizer.objects.filter(verified_at=None).count(),
    }


register(Widget("tiles", 400, "admin/events/tiles.html", lambda: {"box_office": figures()}))
