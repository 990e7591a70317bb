"""The figures of the first page: how the shop does, and what waits for staff."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from core.money import ZERO, quantize
from orders.models import Order
from payments.models import Payment

DAYS = 30
NEWEST = 10
NO_MONEY = Value(ZERO, output_field=DecimalField(max_digits=14, decimal_places=2))


@dataclass(frozen=True)
class Day:
    """What was earned on one day; `height` is in percent of the best day."""

    date: date
    revenue: Decimal
    height: int


def start_of(day: date) -> datetime:
    """The moment at which a day of the shop begins."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def order_figures(*, today: date) -> dict[str, int]:
    """Orders of today and of 30 days (cancelled ones left out), to ship, and waiting for money; one query."""
    kept = ~Q(status=Order.Status.CANCELLED)
    unpaid = Q(payment_status__in=(Order.PaymentStatus.PENDING, Order.PaymentStatus.FAILED))
    open_order = Q(status__in=(Order.Status.PENDING, Order.Status.PROCESSING))
    return Order.objects.aggregate(
        orders_today=Count("pk", filter=kept & Q(order_date__gte=start_of(today))),
        orders_month=Count("pk", filter=kept & Q(order_date__gte=start_of(first_day(today)))),
        to_ship=Count("pk", filter=Q(status=Order.Status.PROCESSING) & ~unpaid),
        unpaid=Count("pk", filter=open_order & unpaid),
    )


def first_day(today: date) -> date:
    """The first of the 30 days that end today."""
    return today - timedelta(days=DAYS - 1)


def settled_since(day: date) -> QuerySet[Payment]:
    """Payments of orders whose money arrived since `day`, in the shop's currency."""
    settled = Payment.objects.settled().filter(order_payment__isnull=False, currency=settings.CURRENCY)
    return settled.filter(settled_at__gte=start_of(day))


def revenue_by_day(*, today: date) -> list[Day]:
    """What was paid, less what went back of it, for each of 30 days; one query."""
    net = Coalesce(Sum(F("amount") - F("refunded_amount")), NO_MONEY)
    rows = settled_since(first_day(today)).order_by().values_list(TruncDate("settled_at")).annotate(net=net)
    earned = {day: quantize(amount) for day, amount in rows}
    best = max([*earned.values(), ZERO]) or Decimal(1)
    days = [first_day(today) + timedelta(days=n) for n in range(DAYS)]
    return [Day(day, earned.get(day, ZERO), round(earned.get(day, ZERO) * 100 / best)) for day in days]


def newest_orders() -> QuerySet[Order]:
    """The ten newest orders with their customers."""
    return Order.objects.select_related("user").order_by("-pk")[:NEWEST]
