"""What the scheduler, the workers and the gateway do while the customer sleeps, in one line each, for the tests."""

from contextlib import suppress
from datetime import datetime, time, timedelta
from decimal import Decimal
from io import StringIO

from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from payments.gateways.base import GatewayUnavailable
from payments.models import SandboxIntent
from rentals.autopay.charging import run_attempt
from rentals.models import ChargeAttempt, Installment
from rentals.signals import autopay_failed, payment_reminder_due, rental_paid
from rentals.tests.customers import books_agree, client_of, save_card

GOOD, LOST, EXPIRED, NO_FUNDS = "4242424242424242", "4000000000009987", "4000000000000069", "4000000000009995"
ASKS = "4000002760003184"
RATE = Decimal("49.99")


def turn_on(rental, card=GOOD):
    """The customer turns autopay on, or changes the card; the answer."""
    api = client_of(rental.user)
    answer = api.put(f"rentals/{rental.pk}/autopay", {"setup_intent_id": save_card(api, card), "consent": True})
    assert answer.status_code == 200, answer.content
    return answer.json()


def turn_off(rental):
    """The customer turns it off."""
    answer = client_of(rental.user).delete(f"rentals/{rental.pk}/autopay")
    assert answer.status_code == 200, answer.content


def command(name, *options):
    """What a command prints."""
    out = StringIO()
    call_command(name, *options, stdout=out)
    return out.getvalue()


def run_tasks():
    """A worker that does everything that waits, and what that leads to."""
    while tasks := list(DBTaskResult.objects.ready().order_by("enqueued_at", "pk")):
        DBTaskResult.objects.filter(pk__in=[task.pk for task in tasks]).delete()
        for waiting in tasks:
            waiting.task.call(*waiting.task_result.args, **waiting.task_result.kwargs)


def night(day=None, clock=None):
    """A night's commands and the workers; with a day, that day's."""
    if day is not None:
        clock.move_to(datetime.combine(day, time(3)))
    command("send_payment_reminders")
    command("charge_due_rentals")
    run_tasks()


def write_attempts_only():
    """The command alone: the tries are written, and no worker has come."""
    command("charge_due_rentals")
    DBTaskResult.objects.all().delete()
    return queued()


def queued():
    """The tries that nobody has finished, oldest first."""
    return list(ChargeAttempt.objects.filter(status="queued").order_by("pk"))


def work(*attempts):
    """A worker's turn at these tries, as `charge_task` does it, but a defect is an error."""
    for attempt in attempts:
        with suppress(GatewayUnavailable):
            run_attempt(attempt_id=attempt.pk)


def lose_leases():
    """Whoever was at a try is dead for long."""
    hour = timedelta(hours=1)
    for attempt in queued():
        lease = attempt.lease_until and attempt.lease_until - hour
        ChargeAttempt.objects.filter(pk=attempt.pk).update(lease_until=lease, created_at=attempt.created_at - hour)
        attempt.installment.rental.autopays.update(consented_at=attempt.created_at - 2 * hour)


def tries_of(rental, number=1):
    """What became of each try at an installment, in order."""
    tries = ChargeAttempt.objects.filter(installment__rental=rental, installment__number=number).order_by("number")
    return list(tries.values_list("status", flat=True))


def installment(rental, number=1):
    """The installment as it stands now."""
    return Installment.objects.get(rental=rental, number=number)


def charges_of(rental):
    """What the gateway took and kept: the amounts of its settled intents less what went back."""
    ids = rental.payments().values_list("intent_id", flat=True)
    paid = SandboxIntent.objects.filter(intent_id__in=list(ids), status="succeeded").order_by("pk")
    return [intent.amount - intent.refunded for intent in paid]


class Told:
    """What the signals tell of a rental: ("paid" or "failed", installment), ("remind", installment, stage)."""

    def __init__(self, rental, *kinds):
        self.rental, self.kinds, self.heard = rental, kinds or ("paid", "failed", "remind"), []

    def __enter__(self):
        rental_paid.connect(self.paid)
        autopay_failed.connect(self.failed)
        payment_reminder_due.connect(self.remind)
        return self.heard

    def __exit__(self, *error):
        rental_paid.disconnect(self.paid)
        autopay_failed.disconnect(self.failed)
        payment_reminder_due.disconnect(self.remind)

    def hear(self, rental, kind, *what):
        if rental.pk == self.rental.pk and kind in self.kinds:
            self.heard.append((kind, *what))

    def paid(self, rental, link, **_):
        one = Installment.objects.filter(paid_with=link).first()
        self.hear(rental, "paid", one.number if one else 0)

    def failed(self, rental, installment, **_):
        self.hear(rental, "failed", installment.number)

    def remind(self, rental, installment, reminder, **_):
        self.hear(rental, "remind", installment.number, reminder.stage)


def one_charge(rental):
    """The first installment was paid once, and the books say so."""
    assert charges_of(rental) == [RATE]
    assert (installment(rental).state, installment(rental, 2).state) == ("paid", "open")
    return books_agree(rental)
