"""Numbers without gaps: one series for each kind and year."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from payments.models import InvoiceKind, NumberSeries


def take_number(kind: InvoiceKind) -> tuple[NumberSeries, datetime]:
    """The series with the next number as its `last`, and the moment of it; both hold if the transaction does.

    The series stays locked until then. Numbers and moments have the same order.
    """
    year = timezone.now().year
    series = locked_series(kind, year)
    now = timezone.now()
    if now.year != year:  # the year ended while we waited for the lock
        series = locked_series(kind, now.year)
    series.last += 1
    series.save(update_fields=["last"])
    return series, now


def locked_series(kind: InvoiceKind, year: int) -> NumberSeries:
    """The row of that kind and year, locked; made when the year is new."""
    series = NumberSeries.objects.select_for_update().filter(kind=kind, year=year)
    found = series.first()
    if found is None:
        # Not get_or_create: those who lose the race to insert would share a lock, and then deadlock over it.
        NumberSeries.objects.bulk_create(
            [NumberSeries(kind=kind, year=year)],
            update_conflicts=True,
            update_fields=["kind"],
            unique_fields=["kind", "year"] if connection.features.supports_update_conflicts_with_target else None,
        )
        found = series.get()
    return found
