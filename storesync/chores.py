"""What repeats in the hub."""

from collections.abc import Iterator
from datetime import time, timedelta

from django.conf import settings
from django.utils import timezone

from core.clock.registry import chore
from storesync import syncing
from storesync.models import Delivery

CLEARED_AT_ONCE = 1000


@chore(
    every=timedelta(minutes=settings.SYNC_MINUTES),
    deadline=timedelta(minutes=30),
    does="pulls the orders of all shops, looks after their webhooks, and takes up what a killed worker left "
    "(`--connection 7` does it for one shop)",
)
def sync_stores(*, connection: int | None = None) -> Iterator[str]:
    """Two at once share the shops of different users."""
    yield from syncing.sync(connection_id=connection)


@chore(at=time(3, 40), does="removes the payloads of webhooks older than `SYNC_PAYLOAD_DAYS` (30)")
def clear_sync_payloads() -> str:
    """That a webhook came stays, so that it is not acted on twice."""
    before = timezone.now() - timedelta(days=settings.SYNC_PAYLOAD_DAYS)
    old = Delivery.objects.filter(received_at__lt=before, payload__isnull=False).order_by("received_at")
    removed = 0
    while batch := list(old.values_list("pk", flat=True)[:CLEARED_AT_ONCE]):
        removed += Delivery.objects.filter(pk__in=batch).update(payload=None)
    return f"Removed the payloads of {removed} webhooks."
