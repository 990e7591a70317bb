"""`charge_due_rentals`: what is due is charged, once, whoever runs it how often."""

from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from payments.gateways.sandbox.vault import SandboxVault
from payments.models import SandboxIntent
from rentals.autopay import charging
from rentals.lifecycle.services import return_rental
from rentals.models import ChargeAttempt, Rental, RentalPayment
from rentals.tests.charging.attempts import (
    attempts_at,
    lose_leases,
    one_charge,
    queued,
    signalled,
    work,
    write_attempts_only,
)
from rentals.tests.factories import make_rental
from rentals.tests.shop import (
    RATE,
    books_agree,
    charges_of,
    command,
    fresh,
    installment,
    night,
    pay,
    run_tasks,
    turn_off,
    turn_on,
)

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-01-31T09:00:00Z")]


def test_what_is_due_is_charged_and_nothing_else(rental, clock):
    assert command("charge_due_rentals") == "1 charges handed to the workers.\n"
    with signalled(rental, "paid", "failed") as received:
        run_tasks()
    assert received == [("paid", 1)]
    assert one_charge(rental)
    assert attempts_at(rental) == ["succeeded"] and not queued()
    paid = installment(rental)
    assert (paid.paid_with, paid.charge_on, paid.paid_at) == (paid.autopay_payment, None, timezone.now())
    clock.move_to(datetime(2026, 2, 27, 23, 59, tzinfo=UTC))
    night()
    assert charges_of(rental) == [RATE]
    night(date(2026, 2, 28), clock)
    assert charges_of(rental) == [RATE] * 2
    assert not RentalPayment.objects.exclude(rental=rental).exists()  # whoever pays by hand was left alone


def test_run_again_it_does_nothing(rental):
    for _ in range(3):
        command("charge_due_rentals")
    assert ChargeAttempt.objects.count() == 1
    for _ in range(2):
        night()
        work(*ChargeAttempt.objects.all())
    assert one_charge(rental)
    assert attempts_at(rental) == ["succeeded"]


def test_dry_run_lists_and_writes_nothing(rental):
    assert command("charge_due_rentals", "--dry-run") == (
        f"Installment 1 of rental #{rental.pk}, due 2026-01-31: 49.99\n"
    )
    assert (
        not ChargeAttempt.objects.exists() and not DBTaskResult.objects.filter(task_path__contains="charge").exists()
    )


def test_missed_nights_are_made_up_for(rental, clock):
    night(date(2026, 3, 31), clock)
    assert charges_of(rental) == [RATE] * 3
    assert fresh(rental).payments_made == 3


def test_many_are_queued_in_batches(rental):
    turn_on(make_rental(signed=True))
    with mock.patch.multiple(charging, BATCH=1, PER_TASK=1):
        assert charging.charge_due_rentals(today=date(2026, 1, 31)) == 2
    run_tasks()
    assert list(ChargeAttempt.objects.values_list("status", flat=True)) == ["succeeded"] * 2


def test_nothing_is_charged_before_the_signature_or_after_the_end(clock):
    make_rental()
    ended, odd = make_rental(signed=True), make_rental(signed=True)
    turn_on(ended)
    return_rental(rental=ended)
    turn_on(odd)
    for status in ("pending", "returned"):  # whatever its consent says
        Rental.objects.filter(pk=odd.pk).update(status=status)
        night(date(2026, 2, 28), clock)
    assert not ChargeAttempt.objects.exists() and not SandboxIntent.objects.exists()


def test_what_was_paid_by_hand_before_is_not_charged(rental):
    pay(rental, times=2)
    night()
    assert charges_of(rental) == [RATE] * 2
    assert not ChargeAttempt.objects.exists()


@pytest.mark.parametrize("ends", ["paid", "returned", "off"])
def test_a_try_that_is_overtaken_is_dropped_and_charges_nothing(rental, ends):
    (attempt,) = write_attempts_only()
    {"paid": pay, "returned": lambda one: return_rental(rental=one), "off": turn_off}[ends](rental)
    with signalled(rental, "paid", "failed") as received:
        work(attempt)
    assert (attempts_at(rental), received) == (["dropped"], [])
    assert charges_of(rental) == ([RATE] if ends == "paid" else [])
    assert installment(rental).autopay_payment is None
    assert books_agree(rental)


def test_off_and_on_again_charges_what_was_dropped(rental):
    (attempt,) = write_attempts_only()
    turn_off(rental)
    work(attempt)
    night()
    assert charges_of(rental) == []
    turn_on(rental)
    night()
    assert one_charge(rental)
    assert attempts_at(rental) == ["dropped", "succeeded"]


def test_off_after_a_decline_and_on_again_charges_the_same_intent(rental):
    """The installment has one payment ever: it must not be cancelled as long as it may be charged again."""
    with mock.patch.object(SandboxVault, "charge", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        work(*write_attempts_only())
    lose_leases()
    turn_off(rental)
    night()
    assert (attempts_at(rental), charges_of(rental)) == (["dropped"], [])
    turn_on(rental)
    night()
    assert one_charge(rental)
    assert SandboxIntent.objects.count() == 1


def test_a_new_card_while_a_try_waits_is_a_new_try_with_the_new_card(rental, clock):
    (attempt,) = write_attempts_only()
    clock.shift(timedelta(seconds=1))
    turn_on(rental)
    night()
    work(attempt)
    night()
    assert one_charge(rental)
    assert attempts_at(rental) == ["dropped", "succeeded"]


def test_a_lease_keeps_others_away_until_it_is_over(rental, clock):
    (attempt,) = write_attempts_only()
    assert charging.lease_attempt(attempt.pk) is not None
    assert charging.lease_attempt(attempt.pk) is None
    work(attempt)
    night()
    assert charges_of(rental) == []
    clock.shift(charging.LEASE)
    night()
    assert charges_of(rental) == []
    clock.shift(timedelta(seconds=1))
    night()
    assert one_charge(rental)


def test_a_slow_worker_whose_try_was_taken_over_does_not_conclude_it_again(rental, clock):
    """Its lease ran out while the bank thought about it, and another worker was faster to write the decline."""
    clock.shift(timedelta(seconds=1))
    turn_on(rental, "4000000000009995")
    real, overtaken = SandboxVault.charge, []

    def charge(self, **asked):
        intent = real(self, **asked)
        if not overtaken:
            overtaken.append(True)
            lose_leases()
            work(*queued())
        return intent

    with signalled(rental, "paid", "failed") as received, mock.patch.object(SandboxVault, "charge", charge):
        work(*write_attempts_only())
    assert (received, attempts_at(rental)) == ([("failed", 1)], ["declined"])
    assert len(SandboxIntent.objects.get().confirm_keys) == 1


def test_a_try_whose_task_was_lost_is_handed_over_again(rental, clock):
    write_attempts_only()
    night()
    assert charges_of(rental) == []  # it is young: a worker may be about to take it
    clock.shift(charging.LEASE + timedelta(seconds=1))
    night()
    assert one_charge(rental)
