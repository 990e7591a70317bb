"""Charging what is due with saved cards: each installment at most once ever, whatever dies on the way.

A try is written down before the gateway is asked, and run under a lease. Whoever dies with it loses the lease, and
the next one asks the gateway what became of it: installment and payment intent are one to one, an intent can be paid
once, and its idempotency key follows from contract and installment. One try is told in `rentals.autopay.attempts`.
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
    """Open installments of running rentals with autopay whose day, or next try, has come. The oldest first."""
    return Installment.objects.filter(
        state=Installment.State.OPEN,
        charge_on__lte=today,
        rental__status=Rental.Status.ACTIVE,
        rental__autopay__isnull=False,
    ).order_by("charge_on", "pk")


def charge_due_rentals(*, today: date) -> int:
    """Write a try for every due installment and hand it to the workers; how many there were.

    Tries that a killed worker left are handed over again. Safe to run twice and from two machines.
    """
    hand_over(left_behind())
    written = 0
    while batch := write_attempts(today=today):
        written += batch
    return written


@transactional
def write_attempts(*, today: date) -> int:
    """Write tries for a batch of due installments, each of which one machine alone gets; how many."""
    skip = connection.features.has_select_for_update_skip_locked
    due = due_to_charge(today=today).select_for_update(skip_locked=skip)
    ids = list(due.values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0
    tried = dict(Installment.objects.filter(pk__in=ids).values_list("pk").annotate(n=Count("charge_attempts")))
    ChargeAttempt.objects.bulk_create(ChargeAttempt(installment_id=pk, number=tried[pk] + 1) for pk in ids)
    Installment.objects.filter(pk__in=ids).update(charge_on=None)
    made = ChargeAttempt.objects.filter(installment_id__in=ids, status=Status.QUEUED).order_by("pk")
    hand_over(list(made.values_list("pk", flat=True)))
    return len(ids)


def hand_over(attempt_ids: Sequence[int]) -> None:
    """Give the tries to the workers, some at a time, so that many can be at it."""
    for start in range(0, len(attempt_ids), PER_TASK):
        enqueue(charge_task, attempt_ids=list(attempt_ids[start : start + PER_TASK]))


def left_behind() -> list[int]:
    """Tries that were written a while ago and nobody is at."""
    now = timezone.now()
    nobody = Q(lease_until=None, created_at__lt=now - LEASE) | Q(lease_until__lt=now)
    left = ChargeAttempt.objects.filter(nobody, status=Status.QUEUED).order_by("pk")
    return list(left.values_list("pk", flat=True))


@task
def charge_task(attempt_ids: list[int]) -> None:
    """The worker's turn: run these tries. What goes wrong with one is left for the next run of the command."""
    for attempt_id in attempt_ids:
        try:
            run_attempt(attempt_id=attempt_id)
        except GatewayUnavailable:
            logger.warning("Charge attempt %s waits for the gateway.", attempt_id)
        except Exception:  # an edge: the others have nothing to do with it
            logger.exception("Charge attempt %s failed", attempt_id)


def run_attempt(*, attempt_id: int) -> None:
    """Charge one installment. Nothing happens when the try is over or somebody else is at it.

    Outside of transactions. Raises GatewayUnavailable, and then the try may be run again.
    """
    attempt = claim(attempt_id)
    if attempt is None:
        return
    try:
        charge(attempt)
    except GatewayUnavailable:
        ChargeAttempt.objects.filter(pk=attempt.pk, status=Status.QUEUED).update(lease_until=timezone.now())
        raise


def claim(attempt_id: int) -> ChargeAttempt | None:
    """The try, for us alone as long as the lease lasts; None when it is not to be had."""
    now = timezone.now()
    free = ChargeAttempt.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), status=Status.QUEUED)
    if not free.filter(pk=attempt_id).update(lease_until=now + LEASE):
        return None
    return ChargeAttempt.objects.select_related("installment").get(pk=attempt_id)
