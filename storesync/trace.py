"""What happened to each SKU, for people who ask why its stock is what it is."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils import timezone

from core.text.canonical import sha256
from storesync.models import Connection, StoreOrder, TraceEvent
from storesync.setup.matching import erp_names

AT_ONCE = 1000


def event(
    kind: TraceEvent.Kind,
    sku: str,
    *,
    owner_id: int,
    before: int | None,
    after: int | None,
    connection: Connection | None = None,
    source: str = "",
    order_id: str = "",
    rule: str = "",
    at: datetime | None = None,
) -> TraceEvent:
    """One that `note` writes. `source` is who did it: a platform, "run" or "guard"."""
    return TraceEvent(
        kind=kind,
        sku=sku,
        sku_key=sha256(sku),
        owner_id=owner_id,
        before=before,
        after=after,
        connection=connection,
        source=source,
        order_id=order_id,
        rule=rule,
        at=at or timezone.now(),
    )


def note(events: Iterable[TraceEvent]) -> None:
    """Write them, in their order."""
    TraceEvent.objects.bulk_create(events, batch_size=AT_ONCE)


def note_pieces(kind: TraceEvent.Kind, order: StoreOrder, pieces: Collection[tuple[str, int, int]]) -> None:
    """Write what became of an order's pieces: the shop's SKU, how many there were before, and after."""
    shop = order.connection
    names = erp_names(shop, {sku for sku, *_ in pieces})
    note(
        event(
            kind,
            names[sku],
            owner_id=shop.owner_id,
            connection=shop,
            before=before,
            after=after,
            source=shop.platform,
            order_id=order.order_id,
        )
        for sku, before, after in pieces
        if before != after
    )
