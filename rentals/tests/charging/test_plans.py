"""The daily questions are answered from an index, on every database; the bench shows the plans in full."""

from datetime import date

import pytest
from django.db import connection

from rentals.autopay.charging import due_to_charge, expired_leases
from rentals.models import ChargeAttempt, Rental
from rentals.money.dunning import due_or_late, with_history
from rentals.tests.factories import make_rental
from rentals.tests.shop import turn_on

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 10)
# Unique constraints have names of their own on MySQL, and automatic ones on SQLite.
OF_RENTAL = ("installment_number_once", "installment_day_once", "rental_id=? AND number<?", "(rental_id=?")


@pytest.fixture(autouse=True)
def some_rentals():
    for _ in range(3):
        turn_on(make_rental(signed=True))


def test_what_is_due_is_found_by_state_and_day_of_the_next_try():
    plan = due_to_charge(today=TODAY).explain()
    assert "installment_to_charge" in plan


def test_what_is_near_or_late_is_found_by_state_and_due_date():
    assert "installment_due" in due_or_late(today=TODAY).explain()


def test_a_rentals_schedule_is_found_by_its_rental():
    plan = Rental.objects.first().installments.all().explain()
    assert any(name in plan for name in OF_RENTAL), plan


def test_whether_there_is_an_older_one_is_found_by_its_rental():
    plan = with_history([1, 2, 3]).explain()
    assert any(name in plan for name in OF_RENTAL), plan
    assert "reminder_once" in plan or "reminder_1 (installment_id=?" in plan or "(installment_id=?" in plan, plan


def test_tries_that_were_left_are_found_by_status_and_lease(django_assert_num_queries):
    with django_assert_num_queries(1) as captured:
        assert expired_leases() == []
    prefix = "EXPLAIN " if connection.vendor == "mysql" else "EXPLAIN QUERY PLAN "
    with connection.cursor() as cursor:
        cursor.execute(prefix + captured.captured_queries[0]["sql"].replace("%", "%%"))
        plan = str(cursor.fetchall())
    assert "charge_attempt_left" in plan, plan
    assert ChargeAttempt._meta.indexes[0].name == "charge_attempt_left"
