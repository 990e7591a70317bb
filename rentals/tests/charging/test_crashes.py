"""A worker that dies at any step of a charge: whoever comes after finds out, and there is one charge, always."""

from contextlib import contextmanager, suppress
from pkgutil import resolve_name
from unittest import mock

import pytest

from catalog.models import Product
from payments.models import SandboxIntent
from rentals.lifecycle.services import return_rental
from rentals.models import Installment, RentalPayment
from rentals.tests.charging.attempts import attempts_at, lose_leases, queued, signalled, work, write_attempts_only
from rentals.tests.charging.steps import CHARGED, COUNTED, STEPS
from rentals.tests.shop import (
    RATE,
    books_agree,
    charges_of,
    command,
    fresh,
    installment,
    night,
    pay,
    turn_off,
    turn_on,
)

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


@contextmanager
def dying_at(step):
    """A worker that comes to that step dies there."""
    name, when = STEPS[step]
    real = resolve_name(name)

    def last(*args, **kwargs):
        if when == "after":
            real(*args, **kwargs)
        raise Killed

    with mock.patch(name, last):
        yield


def crash(step):
    """A worker begins, and dies at that step."""
    with dying_at(step), pytest.raises(Killed):
        work(*write_attempts_only())
    assert len(queued()) == 1
    assert SandboxIntent.objects.filter(status="succeeded").exists() == (step in CHARGED)


def paid_once(rental):
    """One intent at the gateway, one payment, one installment; and no worker is still at it."""
    assert SandboxIntent.objects.count() == 1
    assert charges_of(rental) == [RATE]
    assert RentalPayment.objects.exclude(counted_at=None).count() == RentalPayment.objects.count() == 1
    assert Installment.objects.filter(state="paid").count() == 1 == fresh(rental).payments_made
    assert (attempts_at(rental), queued()) == (["succeeded"], [])
    return books_agree(rental)


@pytest.mark.parametrize("step", STEPS)
def test_the_next_run_ends_what_a_dead_worker_began(rental, step):
    with signalled(rental, "paid", "failed") as received:
        crash(step)
        night()
        assert installment(rental).state == ("paid" if step in COUNTED else "open")  # the lease is not over
        lose_leases()
        night()
        night()
    assert paid_once(rental)
    assert received == [("paid", 1)]


@pytest.mark.parametrize("step", STEPS)
def test_workers_may_die_again_and_again(rental, step):
    crash(step)
    for again in STEPS:
        lose_leases()
        with dying_at(again):
            try:
                work(*queued())
            except Killed:
                continue
    lose_leases()
    night()
    assert paid_once(rental)


@pytest.mark.parametrize("step", STEPS)
def test_returned_before_the_next_run_the_money_goes_back(rental, step):
    crash(step)
    return_rental(rental=fresh(rental))
    assert Product.objects.get(pk=rental.product_id).inventory_count == 5
    lose_leases()
    night()
    assert books_agree(rental) and not queued()
    kept = [RATE] if step in COUNTED else [0] if step in CHARGED else []
    assert charges_of(rental) == kept
    assert installment(rental).state == ("paid" if step in COUNTED else "closed")
    assert attempts_at(rental) == ["succeeded" if step in COUNTED else "dropped"]
    assert not rental.payments().open().exists()


@pytest.mark.parametrize("step", STEPS)
def test_paid_by_hand_before_the_next_run_it_is_paid_once(rental, step):
    """The customer's own payment pays the installment, or the one after when autopay's had been counted."""
    crash(step)
    pay(rental)
    lose_leases()
    night()
    assert books_agree(rental) and not queued()
    kept = sum(charges_of(rental))
    if step in COUNTED:
        assert (kept, attempts_at(rental), installment(rental, 2).state) == (2 * RATE, ["succeeded"], "paid")
    else:
        assert (kept, attempts_at(rental), installment(rental, 2).state) == (RATE, ["dropped"], "open")
    assert not rental.payments().open().exists()


@pytest.mark.parametrize("step", STEPS)
def test_turned_off_before_the_next_run_nothing_new_is_charged(rental, step):
    crash(step)
    turn_off(rental)
    lose_leases()
    night()
    assert books_agree(rental) and not queued()
    assert charges_of(rental) == ([RATE] if step in CHARGED else [])
    assert attempts_at(rental) == ["succeeded" if step in CHARGED else "dropped"]


@pytest.mark.parametrize("step", STEPS)
def test_a_decline_is_told_once_whenever_the_worker_dies(rental, step):
    turn_on(rental, "4000000000009987")
    with signalled(rental, "failed") as received:
        with dying_at(step), suppress(Killed):  # what counts money is not reached
            work(*write_attempts_only())
        lose_leases()
        night()
        night()
    assert (received, attempts_at(rental), charges_of(rental)) == ([("failed", 1)], ["declined"], [])
    assert len(SandboxIntent.objects.get().confirm_keys) == 1


def test_a_command_that_dies_before_the_commit_has_written_nothing(rental):
    with mock.patch("rentals.autopay.charging.enqueue_attempts", side_effect=[None, Killed]), pytest.raises(Killed):
        command("charge_due_rentals")
    assert (queued(), installment(rental).charge_on) == ([], installment(rental).due_date)
    night()
    assert paid_once(rental)


def test_a_command_that_dies_after_it_leaves_tries_that_the_next_run_hands_over(rental):
    write_attempts_only()
    lose_leases()
    night()
    assert paid_once(rental)
