"""Attempts at charges, the workers who run them, and what is signalled of them, for the tests."""

from contextlib import contextmanager, suppress
from datetime import timedelta

from django_tasks_db.models import DBTaskResult

from payments.gateways.base import GatewayUnavailable
from rentals.autopay.charging import run_attempt
from rentals.models import ChargeAttempt
from rentals.signals import autopay_failed, payment_reminder_due, rental_paid
from rentals.tests.shop import RATE, books_agree, charges_of, command, installment


def queued():
    """The attempts that are not finished, oldest first."""
    return list(ChargeAttempt.objects.filter(status="queued").order_by("pk"))


def write_attempts_only():
    """The command without its workers."""
    command("charge_due_rentals")
    DBTaskResult.objects.all().delete()
    return queued()


def work(*attempts):
    """A worker's turn at these attempts, as `charge_task` does it, but a defect is an error."""
    for attempt in attempts:
        with suppress(GatewayUnavailable):
            run_attempt(attempt_id=attempt.pk)


def lose_leases():
    """Let the leases of dead workers end."""
    hour = timedelta(hours=1)
    for attempt in queued():
        lease = attempt.lease_until and attempt.lease_until - hour
        ChargeAttempt.objects.filter(pk=attempt.pk).update(lease_until=lease, created_at=attempt.created_at - hour)
        attempt.installment.rental.autopays.update(consented_at=attempt.created_at - 2 * hour)


def attempts_at(rental, number=1):
    """The status of each attempt at an installment, in order."""
    attempts = ChargeAttempt.objects.filter(installment__rental=rental, installment__number=number)
    return list(attempts.order_by("number").values_list("status", flat=True))


def one_charge(rental):
    """The first installment was paid once, and the books say so."""
    assert charges_of(rental) == [RATE]
    assert (installment(rental).state, installment(rental, 2).state) == ("paid", "open")
    return books_agree(rental)


@contextmanager
def signalled(rental, *kinds):
    """What is signalled of a rental, as a list: ("paid" | "failed", installment), ("remind", installment, stage)."""
    seen, facts = [], {
        rental_paid: lambda link, **_: ("paid", link.installment.number if hasattr(link, "installment") else 0),
        autopay_failed: lambda installment, **_: ("failed", installment.number),
        payment_reminder_due: lambda installment, reminder, **_: ("remind", installment.number, reminder.stage),
    }  # fmt: skip

    def see(signal, **sent):
        fact = facts[signal](**sent)
        if sent["rental"].pk == rental.pk and fact[0] in (kinds or fact):
            seen.append(fact)

    for signal in facts:
        signal.connect(see)
    try:
        yield seen
    finally:
        for signal in facts:
            signal.disconnect(see)
