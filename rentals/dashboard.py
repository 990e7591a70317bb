"""The figures of the staff's lists: what is due, what is late, what waits to be sent or checked in."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, DecimalField, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from core.money import ZERO, quantize
from payments.models import Dispute
from rentals.models import Autopay, Installment, LateFee, Reminder, Rental

WEEK = timedelta(days=7)
AMOUNT = DecimalField(max_digits=14, decimal_places=2)
NO_MONEY = Value(ZERO, output_field=AMOUNT)

TO_SHIP = Q(status__in=(Rental.Status.ACTIVE, Rental.Status.COMPLETED), shipped_at=None)
TO_CHECK_IN = Q(status=Rental.Status.RETURNED, checked_in_at=None)


def still_due() -> QuerySet[Installment]:
    """Open installments of running rentals: before the signature nothing is due."""
    return Installment.objects.filter(state=Installment.State.OPEN, rental__status=Rental.Status.ACTIVE)


def due_this_week(*, today: date) -> QuerySet[Installment]:
    """What is due on the seven days that begin with `today`, the soonest first."""
    return still_due().filter(due_date__gte=today, due_date__lt=today + WEEK).order_by("due_date", "pk")


def late_installments(*, today: date, days: int = 1) -> QuerySet[Installment]:
    """What was due `days` days before `today` or earlier."""
    return still_due().filter(due_date__lte=today - timedelta(days=days))


def is_late(*, today: date, days: int = 1) -> Exists:
    """Whether a rental has an installment that is `days` days late or more."""
    return Exists(late_installments(today=today, days=days).filter(rental=OuterRef("pk")))


def is_due_this_week(*, today: date) -> Exists:
    """Whether a rental has an installment that is due this week."""
    return Exists(due_this_week(today=today).filter(rental=OuterRef("pk")))


def has_autopay() -> Exists:
    """Whether the customer's consent to be charged is in force."""
    return Exists(Autopay.objects.filter(active_for=OuterRef("pk")))


def with_figures(rentals: QuerySet[Rental], *, today: date) -> QuerySet[Rental]:
    """The rentals with `made` (installments paid), `next_due` (the day of the first open one), `late_count` and
    `late_amount` (the sum of the late ones, without fees), and `dispute_status` (that of its gravest dispute)."""
    own = Installment.objects.filter(rental=OuterRef("pk"))
    late = late_installments(today=today).filter(rental=OuterRef("pk"))
    gravest = Dispute.objects.gravest(rental_payment__rental=OuterRef("pk"))
    return rentals.annotate(
        dispute_status=Subquery(gravest.values("status")[:1]),
        made=count_of(own.filter(state=Installment.State.PAID)),
        next_due=Subquery(own.filter(state=Installment.State.OPEN).order_by("number").values("due_date")[:1]),
        late_count=count_of(late),
        late_amount=sum_of(late),
    )


def with_dunning(rentals: QuerySet[Rental], *, today: date) -> QuerySet[Rental]:
    """As `with_figures`, with `open_fees` and the last reminder: `reminded_on` and its `reminded_stage`."""
    fees = LateFee.objects.filter(installment__rental=OuterRef("pk"), paid_with=None, waived_at=None)
    reminders = Reminder.objects.filter(installment__rental=OuterRef("pk")).order_by("-sent_on", "-pk")
    return with_figures(rentals, today=today).annotate(
        open_fees=sum_of(fees, by="installment__rental"),
        reminded_on=Subquery(reminders.values("sent_on")[:1]),
        reminded_stage=Subquery(reminders.values("stage")[:1]),
    )


def count_of(installments: QuerySet[Installment]) -> Coalesce:
    """How many of a rental's installments these are, as a column."""
    counted = installments.order_by().values("rental").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())


def sum_of(rows: QuerySet[Any], *, by: str = "rental") -> Coalesce:
    """What the rows of a rental come to, as a column."""
    return Coalesce(Subquery(rows.order_by().values(by).annotate(sum=Sum("amount")).values("sum")), NO_MONEY)


def rental_figures(*, today: date) -> dict[str, Any]:
    """What waits for staff: due this week, late, to ship, to check in; two queries."""
    waiting = Rental.objects.aggregate(
        to_ship=Count("pk", filter=TO_SHIP), to_check_in=Count("pk", filter=TO_CHECK_IN)
    )
    late, due = Q(due_date__lt=today), Q(due_date__gte=today)
    soon = still_due().filter(due_date__lt=today + WEEK)
    figures = soon.aggregate(
        due=Count("pk", filter=due),
        due_amount=Sum("amount", filter=due & ours()),
        late=Count("rental", filter=late, distinct=True),
        late_amount=Sum("amount", filter=late & ours()),
    )
    return {**waiting, **figures, **{name: sum_to_the_cent(figures[name]) for name in ("due_amount", "late_amount")}}


def due_totals(*, today: date) -> dict[str, Any]:
    """What this week brings: how many installments, their sum, and the part that autopay charges; one query."""
    autopay = Q(rental__autopay__isnull=False)
    totals = due_this_week(today=today).aggregate(
        count=Count("pk"), total=Sum("amount", filter=ours()), by_autopay=Sum("amount", filter=autopay & ours())
    )
    return {**totals, "total": sum_to_the_cent(totals["total"]), "by_autopay": sum_to_the_cent(totals["by_autopay"])}


def late_totals(*, today: date) -> dict[str, Any]:
    """Who is late in all: how many rentals and installments, their sum, and the open fees; two queries."""
    late = late_installments(today=today)
    totals = late.aggregate(
        rentals=Count("rental", distinct=True), count=Count("pk"), total=Sum("amount", filter=ours())
    )
    fees = LateFee.objects.filter(
        installment__rental__status=Rental.Status.ACTIVE,
        installment__rental__currency=settings.CURRENCY,
        paid_with=None,
        waived_at=None,
    ).aggregate(sum=Sum("amount"))
    return {**totals, "total": sum_to_the_cent(totals["total"]), "fees": sum_to_the_cent(fees["sum"])}


def ours() -> Q:
    """Installments in the shop's currency, which alone can be summed."""
    return Q(rental__currency=settings.CURRENCY)


def sum_to_the_cent(amount: Decimal | None) -> Decimal:
    """A sum to the cent; that of nothing is 0."""
    return quantize(amount or ZERO)
