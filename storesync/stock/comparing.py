"""What a shop has now beside what it should have. Nothing is written here."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from core.db import ROWS_AT_ONCE
from core.money import quantize
from core.text.canonical import sha256
from storesync.connectors.base import Connector, ItemRef, Level, PriceWrite, StockWrite, batches
from storesync.models import Connection, ErpConfig, ErpItem, SkuMapping
from storesync.stock.reserved import reserved
from storesync.stock.wanted import Wanted, wanted


@dataclass(frozen=True)
class Decision:
    """What a shop has of an item at a location, and what it should have. `sku` is the ERP's."""

    ref: ItemRef
    location: str
    sku: str
    seen: int
    wanted: int
    rule: str

    @property
    def differs(self) -> bool:
        """Whether it is to be written."""
        return self.seen != self.wanted

    @property
    def cell(self) -> tuple[str, str]:
        """What no two decisions of a shop share."""
        return self.ref.key, self.location

    @property
    def write(self) -> StockWrite:
        return StockWrite(self.ref, self.location, self.seen, self.wanted)


def comparable(connection: Connection) -> QuerySet[SkuMapping]:
    """The shop's items whose SKU it has once."""
    return connection.mappings.filter(item_key__isnull=False, sku_key__isnull=False)


def pushable(connection: Connection) -> QuerySet[SkuMapping]:
    """Those whose stock the shop counts and lets us write."""
    return comparable(connection).filter(is_tracked=True)


def ref_of(mapping: SkuMapping) -> ItemRef:
    return ItemRef(mapping.item_id, mapping.variant_id, mapping.inventory_id)


def read_levels(
    connection: Connection, connector: Connector, *, come_to: Callable[[int, int], None] = lambda done, total: None
) -> list[Level]:
    """What the shop has now. Raises a CallFailed of the shop. `come_to` is told how many were read of how many.

    Read it before the shop's orders are pulled: a sale that is in the figure is known then, and one that comes later
    makes the writing stale.
    """
    refs = [ref_of(mapping) for mapping in pushable(connection).iterator()]
    levels, there = list[Level](), len(refs) * max(len(connection.locations), 1)
    for level in connector.stock(refs) if refs else ():
        levels.append(level)
        come_to(len(levels), there)
    return levels


def plan(
    connection: Connection,
    levels: Sequence[Level],
    *,
    among: Callable[[Connection], QuerySet[SkuMapping]] = pushable,
) -> list[Decision]:
    """What there should be of each level, where both sides have the SKU once and count it.

    Of several locations the first that has the item gets all of its stock, and the others get none: the ERP has one
    figure, and nothing says how much of it lies where.
    """
    erp = ErpConfig.objects.filter(owner=connection.owner_id).first()
    if erp is None:
        return []
    held, placed = reserved(erp), set[str]()
    decisions: list[Decision] = []
    for batch in batches([level for level in levels if level.quantity is not None], ROWS_AT_ONCE):
        names = dict(
            among(connection)
            .filter(item_key__in=[level.ref.key for level in batch])
            .values_list("item_key", "erp_sku")
        )
        figures = wanted_of(connection, erp, set(names.values()), held)
        for level in batch:
            sku = names.get(level.ref.key, "")
            if figure := figures.get(sku):
                decisions.append(decided(level, sku, figure, is_first=level.ref.key not in placed))
                placed.add(level.ref.key)
    return decisions


def decided(level: Level, sku: str, figure: Wanted, *, is_first: bool) -> Decision:
    quantity, rule = (figure.quantity, figure.rule) if is_first else (0, "location")
    return Decision(level.ref, level.location, sku, level.quantity or 0, quantity or 0, rule)


def wanted_of(connection: Connection, erp: ErpConfig, skus: Collection[str], held: Counter[str]) -> dict[str, Wanted]:
    """What the shop should have of these SKUs of the ERP; nothing of those of which it has no figure to go by."""
    figures = {
        sku: wanted(stock, buffer=connection.buffer, most_listed=connection.max_listed, reserved=held[sku])
        for sku, stock in stock_of(erp, skus).items()
    }
    return {sku: figure for sku, figure in figures.items() if figure.quantity is not None}


def stock_of(erp: ErpConfig, skus: Collection[str]) -> dict[str, Decimal | None]:
    """The stock of these SKUs, without those that the ERP has twice or makes of others."""
    items = ErpItem.objects.filter(erp=erp, sku_key__in=[sha256(sku) for sku in skus])
    rows = list(items.values_list("sku", "stock", "is_combined"))
    many = Counter(sku for sku, *_ in rows)
    return {sku: stock for sku, stock, is_combined in rows if many[sku] == 1 and not is_combined}


def price_changes(connection: Connection) -> list[PriceWrite]:
    """The ERP's prices that the shop did not have when it was last read. A price of nothing is none."""
    items = ErpItem.objects.filter(erp__owner=connection.owner_id)
    rows = list(items.values_list("sku", "price"))
    many = Counter(sku for sku, _ in rows)
    prices = {sku: quantize(price) for sku, price in rows if price and many[sku] == 1}
    mapped = connection.mappings.filter(item_key__isnull=False, sku_key__isnull=False)
    return [
        PriceWrite(ref_of(mapping), prices[mapping.erp_sku])
        for mapping in mapped.iterator()
        if mapping.erp_sku in prices and prices[mapping.erp_sku] != mapping.price
    ]
