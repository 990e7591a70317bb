"""What repeats in the hub."""

from collections.abc import Iterator
from datetime import time, timedelta

from django.conf import settings
from django.utils import timezone

from core.clock.registry import ChoreFailed, chore
from core.money import ZERO
from storesync import checking, syncing
from storesync.models import Delivery

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


@chore(at=time(3, 40), does="removes the payloads of webhooks older than `SYNC_PAYLOAD_DAYS` (30)")
def clear_sync_payloads() -> str:
    """That a webhook came stays, so that it is not acted on twice."""
    before = timezone.now() - timedelta(days=settings.SYNC_PAYLOAD_DAYS)
    old = Delivery.objects.filter(received_at__lt=before, payload__isnull=False).order_by("received_at")
    removed = 0
    while batch := list(old.values_list("pk", flat=True)[:CLEARED_AT_ONCE]):
        removed += Delivery.objects.filter(pk__in=batch).update(payload=None)
    return f"Removed the payloads of {removed} webhooks."
