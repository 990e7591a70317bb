"""What the ERP has: read whole, and only what changed is written."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.db import transactional, upsert
from core.text.canonical import sha256
from storesync.connectors.base import batches
from storesync.erp.client import Prokip
from storesync.erp.records import ErpProduct
from storesync.models import ErpConfig, ErpItem, TraceEvent
from storesync.stock.wanted import pieces
from storesync.trace import event, note

PLACES = Decimal("0.0001")  # of a stock or a price in the ERP
LARGEST_ID = 2**63 - 1
GONE_AT_ONCE = 500
FIELDS = ("product_id", "sku", "name", "price", "stock", "is_combined")


def read_erp(erp: ErpConfig, prokip: Prokip) -> None:
    """Know what the ERP has. Raises a CallFailed of the ERP, and then what was known stays as it was."""
    began = timezone.now()
    keep(erp, found_in(erp, prokip, began), began)
    erp.refresh_from_db(fields=["read_at"])


def found_in(erp: ErpConfig, prokip: Prokip, began: datetime) -> dict[int, ErpItem]:
    """What it has now, by the ids of variations, as rows that nobody wrote. Raises CallFailed."""
    return {each.variation_id: row_of(erp, each, began) for each in prokip.products() if is_usable(each)}


def is_usable(found: ErpProduct) -> bool:
    """Whether it can be told from all others."""
    return bool(found.sku) and 0 < found.variation_id <= LARGEST_ID and 0 < found.product_id <= LARGEST_ID


def row_of(erp: ErpConfig, found: ErpProduct, seen_at: datetime) -> ErpItem:
    return ErpItem(
        erp=erp,
        product_id=found.product_id,
        variation_id=found.variation_id,
        sku=found.sku,
        sku_key=sha256(found.sku),
        name=found.name[:255],
        price=rounded(found.price),
        stock=rounded(found.stock),
        is_combined=found.is_combined,
        seen_at=seen_at,
    )


def rounded(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(PLACES)


@transactional
def keep(erp: ErpConfig, found: dict[int, ErpItem], began: datetime) -> None:
    """Write what differs; nothing where the ERP was replaced, or read again, since the reading `began`."""
    kept = ErpConfig.objects.select_for_update().get(pk=erp.pk)
    is_another = (kept.address, kept.location_id) != (erp.address, erp.location_id)
    if is_another or (kept.read_at and kept.read_at > began):
        return
    known = {item.variation_id: item for item in ErpItem.objects.filter(erp=erp)}
    changed = [item for number, item in found.items() if facts(item) != facts(known.get(number))]
    upsert(changed, unique=("erp", "variation_id"), fields=(*FIELDS, "sku_key", "seen_at"))
    gone = [item.pk for number, item in known.items() if number not in found]
    for batch in batches(gone, GONE_AT_ONCE):
        ErpItem.objects.filter(pk__in=batch).delete()
    note(changes(erp, changed, known))
    kept.read_at = began
    kept.save(update_fields=["read_at"])


def facts(item: ErpItem | None) -> tuple[Any, ...]:
    return tuple(getattr(item, name, None) for name in FIELDS)


def changes(erp: ErpConfig, changed: Iterable[ErpItem], known: dict[int, ErpItem]) -> Iterable[TraceEvent]:
    """One for each item of which there are more or fewer pieces than were known."""
    for item in changed:
        earlier = known.get(item.variation_id)
        before, after = pieces(earlier.stock) if earlier else None, pieces(item.stock)
        if before != after:
            yield event(
                TraceEvent.Kind.ERP, item.sku, owner_id=erp.owner_id, before=before, after=after, source="prokip"
            )
