"""When the payments of a rental are due, and how much: pure functions over dates and amounts.

Months are calendar months counted from the start date, never from the payment before: a rental from 31 January is
due on 28 or 29 February and on 31 March again.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.money import quantize


@dataclass(frozen=True, slots=True)
class DuePayment:
    """One payment of a schedule: its number from 1, the day it is due, its amount to the cent."""

    number: int
    due_date: date
    amount: Decimal


def add_months(start: date, months: int) -> date:
    """The day `months` (0 or more) calendar months after `start`, or the last day of that month if it is shorter.

    ValueError when it lies after the year 9999.
    """
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    if year > date.max.year:
        raise ValueError("The schedule ends after the year 9999.")
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def due_dates(start: date, months: int) -> list[date]:
    """The due date of each of `months` (1 or more) payments; the first is due on `start`."""
    if months < 1:
        raise ValueError("A rental has at least one month.")
    return [add_months(start, month) for month in range(months)]


def end_date(start: date, months: int) -> date:
    """The day on which a rental of `months` (1 or more) months has run: 2025-04-01 and 12 are 2026-04-01."""
    if months < 1:
        raise ValueError("A rental has at least one month.")
    return add_months(start, months)


def amounts(monthly_rate: Decimal, months: int) -> list[Decimal]:
    """The amount of each payment: the rate, `months` (1 or more) times, so that their sum is the total to the cent.

    ValueError when the rate is not above zero or has parts of a cent.
    """
    if months < 1:
        raise ValueError("A rental has at least one month.")
    if not monthly_rate.is_finite() or monthly_rate <= 0 or monthly_rate != quantize(monthly_rate):
        raise ValueError("A monthly rate is above zero and has whole cents.")
    return [quantize(monthly_rate)] * months


def schedule(*, monthly_rate: Decimal, months: int, start: date) -> list[DuePayment]:
    """The payments of a rental from `start`, numbered from 1, in the order they are due. Errors as in its parts."""
    days = due_dates(start, months)
    return [
        DuePayment(number, due_date, amount)
        for number, (due_date, amount) in enumerate(zip(days, amounts(monthly_rate, months), strict=True), start=1)
    ]
