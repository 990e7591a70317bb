"""`send_payment_reminders`: each customer is reminded at each stage once, whenever and how often it runs."""

from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest

from rentals.lifecycle.services import return_rental
from rentals.models import Installment, LateFee, Reminder
from rentals.money import dunning
from rentals.tests.charging.attempts import signalled
from rentals.tests.factories import make_rental
from rentals.tests.shop import client_of, command, fresh, pay

pytestmark = [pytest.mark.django_db, pytest.mark.clock(datetime(2026, 4, 10, 9, tzinfo=UTC))]
START = date(2026, 4, 10)
MAY = date(2026, 5, 10)


@pytest.fixture
def rental():
    """Signed, its first installment paid: the next one is due on 10 May. Beside it another user's, unsigned."""
    make_rental()
    made = make_rental(signed=True)
    pay(made)
    return fresh(made)


def remind(clock, day):
    """That night's run; what it printed."""
    clock.move_to(datetime(day.year, day.month, day.day, 3, tzinfo=UTC))
    return command("send_payment_reminders").strip()


def stages(rental, number=2):
    told = Reminder.objects.filter(installment__rental=rental, installment__number=number).order_by("pk")
    return list(told.values_list("stage", flat=True))


def test_every_night_for_two_months(rental, clock):
    """7 and 3 days before, on the day, 1, 3, 7, 14 and 30 days late; then it is for staff."""
    days = [MAY + timedelta(days=number) for number in range(-20, 60)]
    with signalled(rental) as received:
        told_on = [day for day in days if remind(clock, day) != "0 reminders, 0 late fees."]
    expected = [-7, -3, 0, 1, 3, 7, 14, 30]
    assert [(day - MAY).days for day in told_on] == expected == stages(rental)
    assert received == [("remind", 2, stage) for stage in expected]
    assert [row.sent_on for row in Reminder.objects.order_by("pk")] == told_on
    assert Reminder.objects.count() == 8  # there was no reminder of another installment, or of another rental


def test_run_again_it_does_nothing(rental, clock):
    for day in (MAY - timedelta(days=7), MAY, MAY + timedelta(days=1)):
        assert remind(clock, day) == "1 reminders, 0 late fees."
        for _ in range(3):
            assert remind(clock, day) == "0 reminders, 0 late fees."
    assert stages(rental) == [-7, 0, 1]


@pytest.mark.parametrize(
    ("nights", "told"),
    [
        ([-6], [-7]),
        ([-4, -2], [-7, -3]),
        ([-1, 0], [-3, 0]),
        ([-7, 2], [-7, 1]),
        ([-3, 6, 7], [-3, 3, 7]),
        ([29], [14]),
        ([300], [30]),
        ([300, 301], [30]),
    ],
)
def test_missed_nights_are_caught_up_and_overtaken_stages_left_out(rental, clock, nights, told):
    for night in nights:
        remind(clock, MAY + timedelta(days=night))
    assert stages(rental) == told


def test_nothing_is_said_before_the_first_stage(rental, clock):
    assert remind(clock, MAY - timedelta(days=8)) == "0 reminders, 0 late fees."
    assert remind(clock, MAY - timedelta(days=7)) == "1 reminders, 0 late fees."


def test_paid_in_between_there_is_nothing_to_remind_of(rental, clock):
    remind(clock, MAY - timedelta(days=3))
    clock.move_to(datetime(2026, 5, 9, tzinfo=UTC))
    pay(rental)
    for number in range(20):
        remind(clock, MAY + timedelta(days=number))
    assert stages(rental) == [-3]


def test_a_payment_between_looking_and_writing_counts(rental, clock):
    clock.move_to(datetime(2026, 5, 11, tzinfo=UTC))
    (step,) = dunning.due_steps(today=date(2026, 5, 11))
    pay(rental)
    assert dunning.carry_out(step, today=date(2026, 5, 11)) == (False, False)
    assert stages(rental) == []


def test_a_stage_that_another_machine_has_overtaken_is_left_out(rental):
    """One machine looked before midnight and writes after the other one has."""
    (old,) = dunning.due_steps(today=MAY)
    (new,) = dunning.due_steps(today=MAY + timedelta(days=1))
    assert dunning.carry_out(new, today=MAY + timedelta(days=1)) == (True, False)
    assert dunning.carry_out(old, today=MAY) == (False, False)
    assert dunning.carry_out(new, today=MAY + timedelta(days=1)) == (False, False)
    assert stages(rental) == [1]


def test_only_the_oldest_open_payment_is_told_of(rental, clock):
    for day in (date(2026, 6, 9), date(2026, 6, 10)):
        remind(clock, day)
    assert (stages(rental, 2), stages(rental, 3)) == ([30], [])
    pay(rental)
    remind(clock, date(2026, 6, 11))
    assert stages(rental, 3) == [1]


def test_a_rental_that_ended_or_never_began_is_left_alone(rental, clock):
    unsigned = make_rental()
    return_rental(rental=rental)
    for number in range(40):
        remind(clock, MAY + timedelta(days=number))
    assert not Reminder.objects.filter(installment__rental__in=[rental, unsigned]).exists()


def test_dry_run_lists_what_would_be_done_and_writes_nothing(clock, settings):
    settings.LATE_FEES = True
    rental = make_rental(signed=True, state="NY")
    clock.move_to(datetime(2026, 4, 18, tzinfo=UTC))
    listed = command("send_payment_reminders", "--dry-run")
    assert listed == (
        f"Installment 1 of rental #{rental.pk}, due 2026-04-10: remind (7 days late), late fee 5.00 USD\n"
    )
    assert not Reminder.objects.exists() and not LateFee.objects.exists()
    assert command("send_payment_reminders") == "1 reminders, 1 late fees.\n"
    assert command("send_payment_reminders", "--dry-run") == ""


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 5, 3), "remind (7 days before)"), (MAY, "remind (due today)"), (date(2026, 5, 11), "1 days late")],
)
def test_dry_run_says_which_stage(rental, clock, day, words):
    clock.move_to(datetime(day.year, day.month, day.day, tzinfo=UTC))
    assert words in command("send_payment_reminders", "--dry-run")


def test_overdue_follows_from_the_day_and_is_stored_nowhere(rental, clock):
    before = list(Installment.objects.filter(rental=rental).values())
    stored = type(rental).objects.values().get(pk=rental.pk)
    for day, status in ((MAY, "pending"), (MAY + timedelta(days=1), "overdue")):
        clock.move_to(datetime(day.year, day.month, day.day, tzinfo=UTC))
        shown = client_of(rental.user).get(f"rentals/{rental.pk}").json()["rental"]
        assert (shown["payment_schedule"][1]["status"], shown["status"]) == (status, "active")
        remind(clock, day)
    assert list(Installment.objects.filter(rental=rental).values()) == before
    assert type(rental).objects.values().get(pk=rental.pk) == stored
    assert "overdue" not in Installment.State.values


def test_a_customer_whose_reminder_fails_does_not_hold_up_the_others(rental, clock, caplog):
    other = make_rental(signed=True)
    real = dunning.write_reminder

    def write(step, **more):
        if step.installment.rental_id == other.pk:
            raise RuntimeError("a defect")
        return real(step, **more)

    with mock.patch.object(dunning, "write_reminder", write):
        assert remind(clock, MAY) == "1 reminders, 0 late fees."
    assert (stages(rental), stages(other, 1)) == ([0], [])
    assert "a defect" in caplog.text and f"rental #{other.pk}" in caplog.text
    assert remind(clock, MAY) == "1 reminders, 0 late fees."
    assert stages(other, 1) == [30]


def test_what_is_found_does_not_depend_on_how_much_is_read_at_once(rental, clock):
    for _ in range(3):
        make_rental(signed=True)
    whole = [str(step) for step in dunning.due_steps(today=MAY)]
    with mock.patch.object(dunning, "CHUNK", 1):
        assert [str(step) for step in dunning.due_steps(today=MAY)] == whole
    assert len(whole) == 4


def test_a_night_without_news_reads_a_fixed_number_of_times(rental, clock, django_assert_num_queries):
    make_rental(signed=True)
    remind(clock, MAY)
    with django_assert_num_queries(2):
        assert list(dunning.due_steps(today=MAY)) == []
    for _ in range(3):
        make_rental(signed=True)
    remind(clock, MAY)
    with django_assert_num_queries(2):
        assert list(dunning.due_steps(today=MAY)) == []
