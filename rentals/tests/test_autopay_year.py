"""Years of autopay by commands alone, with a clock that is moved by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from core.testing.tasks import run_tasks
from rentals.models import ChargeAttempt, Reminder
from rentals.tests.factories import make_rental
from rentals.tests.shop import books_agree, charges_of, command, fresh, night, turn_on

pytestmark = pytest.mark.django_db
RATE = Decimal("49.99")
ENDS_OF_MONTHS = [
    date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31), date(2027, 6, 30),
    date(2027, 7, 31), date(2027, 8, 31), date(2027, 9, 30), date(2027, 10, 31), date(2027, 11, 30),
    date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30),
    date(2028, 5, 31), date(2028, 6, 30),
]  # fmt: skip


def paid_days(rental):
    return [one.paid_at.date() for one in fresh(rental).installments.all() if one.paid_at]


def test_eighteen_months_from_31_january_are_charged_each_on_its_day():
    """The command runs the night before, on the day (twice), and the night after: only the day counts."""
    with time_machine.travel(datetime(2027, 1, 31, 1, tzinfo=UTC), tick=False) as clock:
        rental = make_rental(signed=True, months=18)
        turn_on(rental)
        for number, day in enumerate(ENDS_OF_MONTHS):
            if number:
                night(day - timedelta(days=1), clock)
            assert len(charges_of(rental)) == number
            night(day, clock)
            night(day, clock)
            night(day + timedelta(days=1), clock)
        rental = fresh(rental)
        assert (rental.status, paid_days(rental)) == ("completed", ENDS_OF_MONTHS)
        assert charges_of(rental) == [RATE] * 18 and books_agree(rental)
        assert not rental.autopays.filter(ended_at=None).exists()
        assert not Reminder.objects.filter(stage__gt=0).exists()
        night(date(2028, 8, 31), clock)
        assert ChargeAttempt.objects.count() == 18


def test_the_day_is_the_shops_day_and_its_first_second_counts():
    with time_machine.travel(datetime(2027, 3, 1, 12, tzinfo=UTC), tick=False) as clock:
        rental = make_rental(signed=True, months=3)
        turn_on(rental)
        for moment, paid in (
            (datetime(2027, 3, 1, 12, tzinfo=UTC), 1),
            (datetime(2027, 3, 31, 23, 59, 59, tzinfo=UTC), 1),
            (datetime(2027, 4, 1, 0, 0, 0, tzinfo=UTC), 2),
        ):
            clock.move_to(moment)
            command("charge_due_rentals")
            run_tasks()
            assert len(charges_of(rental)) == paid, moment
