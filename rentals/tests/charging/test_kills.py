"""A worker process killed with signal 9 at each step of a charge, on a database that outlives it."""

import pytest

from core.testing.kills import kill_at
from payments.models import SandboxIntent
from rentals.autopay.charging import charge_task
from rentals.lifecycle.services import return_rental
from rentals.tests.charging.attempts import attempts_at, lose_leases, queued, signalled, write_attempts_only
from rentals.tests.charging.steps import CHARGED, COUNTED, STEPS
from rentals.tests.factories import make_rental
from rentals.tests.shop import RATE, books_agree, charges_of, fresh, installment, night, turn_on

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def kill(step):
    """A rental whose charge was begun by a worker that was killed at that step."""
    rental = make_rental(signed=True)
    turn_on(rental)
    (attempt,) = write_attempts_only()
    kill_at(*STEPS[step], lambda: charge_task.func([attempt.pk]))
    (left,) = queued()
    assert left.lease_until is not None
    assert SandboxIntent.objects.filter(status="succeeded").exists() == (step in CHARGED)
    assert installment(rental).state == ("paid" if step in COUNTED else "open")
    return rental


@pytest.mark.parametrize("step", STEPS)
def test_killed_and_run_again_there_is_one_charge(step):
    rental = kill(step)
    with signalled(rental, "paid", "failed") as received:
        lose_leases()
        night()
        night()
    assert SandboxIntent.objects.count() == 1
    assert (charges_of(rental), fresh(rental).payments_made) == ([RATE], 1)
    assert (attempts_at(rental), queued()) == (["succeeded"], [])
    assert received == ([] if step in COUNTED else [("paid", 1)])
    assert books_agree(rental)


@pytest.mark.parametrize("step", STEPS)
def test_killed_and_returned_the_money_goes_back(step):
    rental = kill(step)
    return_rental(rental=fresh(rental))
    lose_leases()
    night()
    assert books_agree(rental) and not queued()
    assert charges_of(rental) == ([RATE] if step in COUNTED else [0] if step in CHARGED else [])
    assert fresh(rental).payments_made == (step in COUNTED)
