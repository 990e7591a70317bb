"""The pure rules: fees, refund policies, days."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from events.days import LAGOS, day_starts, working_days_after
from events.fees import ticket_fee
from events.refund_policy import RefundPolicy


@pytest.mark.parametrize(
    ("price", "fee"),
    [
        ("0", "0"),
        ("1", "1"),
        ("100", "100"),
        ("102.99", "102.99"),
        ("103", "102.99"),
        ("5000", "245.00"),
        ("17.25", "17.25"),
        ("4575", "232.68"),
    ],
)
def test_the_fee_is_rounded_half_up_and_never_above_the_price(price, fee):
    assert ticket_fee(Decimal(price), percent=Decimal("2.9"), fixed=Decimal(100)) == Decimal(fee)


def test_a_policy_gives_its_percentage_back_until_its_deadline():
    policy = RefundPolicy(until_hours=48, percent=50)
    assert policy.deadline(datetime(2026, 12, 5, 17, tzinfo=UTC)) == datetime(2026, 12, 3, 17, tzinfo=UTC)
    assert policy.amount(Decimal("4999.99")) == Decimal("2500.00")


def test_a_day_begins_where_it_is():
    assert day_starts(date(2026, 12, 5), LAGOS) == datetime(2026, 12, 4, 23, tzinfo=UTC)
    summer = ZoneInfo("Europe/London")
    assert day_starts(date(2026, 3, 30), summer) - day_starts(date(2026, 3, 29), summer) == timedelta(hours=23)


@pytest.mark.parametrize(
    ("day", "after"), [(date(2026, 11, 26), date(2026, 11, 30)), (date(2026, 11, 28), date(2026, 12, 1))]
)
def test_working_days_leave_out_the_weekend(day, after):
    assert working_days_after(day, 2) == after
