"""Due dates stay on their day, whatever the month, and the amounts add up to the cent."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rentals.rules.schedule import DuePayment, add_months, amounts, due_dates, end_date, schedule

STARTS = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))
MONTHS = st.integers(min_value=1, max_value=120)
RATES = st.decimals(min_value="0.01", max_value="99999.99", places=2)
LEAP_DAY = date(2024, 2, 29)
unhurried = settings(deadline=None)


def days(*texts):
    return [date.fromisoformat(text) for text in texts]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2025-04-01", ["2025-04-01", "2025-05-01", "2025-06-01", "2025-07-01"]),
        ("2025-01-31", ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"]),
        ("2024-01-31", ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]),
        ("2023-12-30", ["2023-12-30", "2024-01-30", "2024-02-29", "2024-03-30"]),
        ("2100-01-29", ["2100-01-29", "2100-02-28", "2100-03-29", "2100-04-29"]),
        ("2025-11-30", ["2025-11-30", "2025-12-30", "2026-01-30", "2026-02-28"]),
    ],
)
def test_due_dates_are_calendar_months_from_the_start(start, expected):
    assert due_dates(date.fromisoformat(start), 4) == days(*expected)


def test_a_leap_day_comes_back_in_the_next_leap_year():
    found = due_dates(LEAP_DAY, 49)
    assert [found[12], found[24], found[36], found[48]] == days(
        "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"
    )


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-04-01", 12, "2026-04-01"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-08-31", 18, "2027-02-28"),
    ],
)
def test_the_end_is_as_many_months_after_the_start(start, months, end):
    assert end_date(date.fromisoformat(start), months) == date.fromisoformat(end)


@unhurried
@given(start=STARTS, months=MONTHS)
@example(start=date(2025, 1, 31), months=36)
@example(start=LEAP_DAY, months=120)
def test_one_payment_a_month_without_drift(start, months):
    found = due_dates(start, months)
    assert len(found) == months
    assert found[0] == start
    for before, after in pairwise([*found, end_date(start, months)]):
        assert (after.year * 12 + after.month) - (before.year * 12 + before.month) == 1
    for day in found:
        # on the start's day, or on a shorter month's last day
        assert day.day == start.day or (day.day < start.day and (day + timedelta(days=1)).day == 1)


@unhurried
@given(start=STARTS, months=st.integers(min_value=0, max_value=600))
def test_the_day_is_the_last_of_that_month_not_after_the_starts(start, months):
    first = start.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=31)).replace(day=1)
    possible = [first + timedelta(days=day) for day in range(start.day)]
    assert add_months(start, months) == max(day for day in possible if day.month == first.month)


@unhurried
@given(rate=RATES, months=MONTHS, start=STARTS)
def test_the_schedule_adds_up_to_the_cent(rate, months, start):
    payments = schedule(monthly_rate=rate, months=months, start=start)
    assert [payment.number for payment in payments] == list(range(1, months + 1))
    assert [payment.due_date for payment in payments] == due_dates(start, months)
    assert sum(payment.amount for payment in payments) == rate * months
    assert {payment.amount.as_tuple().exponent for payment in payments} == {-2}


def test_the_contracts_own_example():
    payments = schedule(monthly_rate=Decimal("49.99"), months=12, start=date(2025, 4, 1))
    assert payments[1] == DuePayment(number=2, due_date=date(2025, 5, 1), amount=Decimal("49.99"))
    assert sum(payment.amount for payment in payments) == Decimal("599.88")


@pytest.mark.parametrize("months", [0, -1])
def test_no_months_are_refused(months):
    for refused in (
        lambda: due_dates(LEAP_DAY, months),
        lambda: end_date(LEAP_DAY, months),
        lambda: amounts(Decimal(1), months),
    ):
        with pytest.raises(ValueError, match="at least one month"):
            refused()


@pytest.mark.parametrize("rate", ["0", "-1", "1.005", "NaN", "Infinity"])
def test_a_rate_that_cannot_be_paid_is_refused(rate):
    with pytest.raises(ValueError, match="whole cents"):
        amounts(Decimal(rate), 3)


def test_the_calendar_ends():
    assert add_months(date(9999, 11, 30), 1) == date(9999, 12, 30)
    with pytest.raises(ValueError, match="9999"):
        due_dates(date(9999, 12, 1), 2)
