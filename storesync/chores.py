"""What repeats in the hub."""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from core.clock.registry import ChoreFailed, chore
from core.money import ZERO
from storesync import checking, hooks, syncing
from storesync.models import Delivery, SyncRun, TraceEvent

CLEARED_AT_ONCE = 1000


@chore(
    every=timedelta(minutes=settings.SYNC_MINUTES),
    deadline=timedelta(minutes=30),
    does="pulls the orders of all shops and writes their stock, looks after their webhooks, and takes up what a "
    "killed worker left (`--connection 7` does it for one shop, `--dry-run` prints what it would write)",
)
def sync_stores(*, connection: int | None = None, dry_run: bool = False) -> Iterator[str]:
    """Two at once share the shops of different users."""
    shops = syncing.callable_shops()
    if connection is not None:
        shops = shops.filter(pk=connection)
    elif not dry_run:
        yield from hooks.remove_left()
    yield from checking.would_write(shops) if dry_run else syncing.sync(shops)


@chore(
    at=time(1, 10),
    deadline=timedelta(hours=1),
    does="compares what the ERP, the hub and the shops say of each stock now, and prices the differences; leaves "
    "with 1 where there are any",
)
def check_stores() -> Iterator[str]:
    found, value = 0, ZERO
    for difference in checking.check(syncing.callable_shops()):
        found += 1
        value += ZERO if isinstance(difference, str) else difference.value
        yield str(difference)
    if found:
        raise ChoreFailed(f"{found} differences, {value:.2f} at risk.")
    yield "The shops have what they should have."


@chore(
    at=time(3, 40),
    deadline=timedelta(hours=1),
    does="removes the payloads of webhooks older than `SYNC_PAYLOAD_DAYS` (30), runs older than `SYNC_RUN_DAYS` "
    "(90), and webhooks and the stories of SKUs older than `SYNC_TRACE_DAYS` (400)",
)
def clear_sync_payloads() -> Iterator[str]:
    """That a webhook came stays as long as its shop might tell it again, so that it is not acted on twice."""
    now = timezone.now()
    payloads, runs, trace = (
        now - timedelta(days=days)
        for days in (settings.SYNC_PAYLOAD_DAYS, settings.SYNC_RUN_DAYS, settings.SYNC_TRACE_DAYS)
    )
    told = Delivery.objects.filter(received_at__lt=payloads, payload__isnull=False).order_by("received_at")
    emptied = sum(Delivery.objects.filter(pk__in=batch).update(payload=None) for batch in batches_of(told))
    yield f"Removed the payloads of {emptied} webhooks."
    settled = Delivery.objects.filter(received_at__lt=trace).exclude(status__in=Delivery.OPEN)
    removed = {
        "webhooks": removed_of(settled.order_by("received_at")),
        "runs": removed_of(SyncRun.objects.filter(started_at__lt=runs).order_by("started_at")),
        "events of SKUs": removed_of(TraceEvent.objects.filter(at__lt=trace).order_by("at")),
    }
    yield f"Removed {', '.join(f'{count} {what}' for what, count in removed.items())}."


def removed_of(old: QuerySet[Any]) -> int:
    """Remove these rows, some at a time; how many they were."""
    return sum(old.model._default_manager.filter(pk__in=batch).delete()[0] for batch in batches_of(old))


def batches_of(rows: QuerySet[Any]) -> Iterator[list[int]]:
    """The keys of the rows that are left, some at a time, until none is."""
    while batch := list(rows.values_list("pk", flat=True)[:CLEARED_AT_ONCE]):
        yield batch
