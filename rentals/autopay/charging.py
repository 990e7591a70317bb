"""Charging what is due with saved cards: each installment at most once ever, also when a worker dies.

An attempt is written before the gateway is asked, and run under a lease. A worker that dies loses the lease, and the
next one asks the gateway for the outcome: installment and payment intent are one to one, an intent can be paid once,
and its idempotency key follows from contract and installment. `rentals.autopay.attempts` runs one attempt.
"""

import logging
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django_tasks import task

from core.db import transactional
from core.tasks import enqueue
from payments.gateways.base import GatewayUnavailable
from rentals.autopay.attempts import charge
from rentals.models import ChargeAttempt, Installment, Rental

logger = logging.getLogger(__name__)
Status = ChargeAttempt.Status

BATCH = 500
PER_TASK = 50
LEASE = timedelta(minutes=10)


def due_to_charge(*, today: date) -> QuerySet[Installment]:
    """Open installments of running rentals with autopay whose day, or next attempt, has come; the oldest first."""
    return Installment.objects.filter(
        state=Installment.State.OPEN,
        charge_on__lte=today,
        rental__status=Rental.Status.ACTIVE,
        rental__autopay__isnull=False,
    ).order_by("charge_on", "pk")


def charge_due_rentals(*, today: date) -> int:
    """Write an attempt for every due installment and enqueue it; how many there were.

    Attempts of killed workers are enqueued again. Safe to run twice and from two machines.
    """
    enqueue_attempts(expired_leases())
    written = 0
    while batch := write_attempts(today=today):
        written += batch
    return written


@transactional
def write_attempts(*, today: date) -> int:
    """Write attempts for a batch of due installments, each of which only one machine gets; how many."""
    skip = connection.features.has_select_for_update_skip_locked
    due = due_to_charge(today=today).select_for_update(skip_locked=skip)
    ids = list(due.values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0
    attempted = dict(Installment.objects.filter(pk__in=ids).values_list("pk").annotate(n=Count("charge_attempts")))
    ChargeAttempt.objects.bulk_create(ChargeAttempt(installment_id=pk, number=attempted[pk] + 1) for pk in ids)
    Installment.objects.filter(pk__in=ids).update(charge_on=None)
    made = ChargeAttempt.objects.filter(installment_id__in=ids, status=Status.QUEUED).order_by("pk")
    enqueue_attempts(list(made.values_list("pk", flat=True)))
    return len(ids)


def enqueue_attempts(attempt_ids: Sequence[int]) -> None:
    """Enqueue the attempts, some to a task, so that many workers can run them."""
    for start in range(0, len(attempt_ids), PER_TASK):
        enqueue(charge_task, attempt_ids=list(attempt_ids[start : start + PER_TASK]))


def expired_leases() -> list[int]:
    """Attempts that were written a while ago and no worker holds."""
    now = timezone.now()
    free = Q(lease_until=None, created_at__lt=now - LEASE) | Q(lease_until__lt=now)
    left = ChargeAttempt.objects.filter(free, status=Status.QUEUED).order_by("pk")
    return list(left.values_list("pk", flat=True))


@task
def charge_task(attempt_ids: list[int]) -> None:
    """Run these attempts; one that fails is left for the next run of the chore."""
    for attempt_id in attempt_ids:
        try:
            run_attempt(attempt_id=attempt_id)
        except GatewayUnavailable:
            logger.warning("Charge attempt %s waits for the gateway.", attempt_id)
        except Exception:  # an edge: one failure must not stop the other charges
            logger.exception("Charge attempt %s failed", attempt_id)


def run_attempt(*, attempt_id: int) -> None:
    """Charge one installment, unless the attempt is over or another worker holds it.

    Outside of transactions. Raises GatewayUnavailable, and then the attempt may be run again.
    """
    attempt = lease_attempt(attempt_id)
    if attempt is None:
        return
    try:
        charge(attempt)
    except GatewayUnavailable:
        ChargeAttempt.objects.filter(pk=attempt.pk, status=Status.QUEUED).update(lease_until=timezone.now())
        raise


def lease_attempt(attempt_id: int) -> ChargeAttempt | None:
    """The attempt, leased to us; None when it is over or another worker holds it."""
    now = timezone.now()
    free = ChargeAttempt.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), status=Status.QUEUED)
    if not free.filter(pk=attempt_id).update(lease_until=now + LEASE):
        return None
    return ChargeAttempt.objects.select_related("installment").get(pk=attempt_id)
