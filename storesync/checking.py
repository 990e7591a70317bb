"""What the shops have beside what they should have, by a reading of everybody now, which is not kept."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.money import ZERO
from storesync.connectors.base import Item, Level
from storesync.connectors.registry import connector_of
from storesync.erp.client import Prokip
from storesync.models import Connection, ErpConfig, ErpItem, SkuMapping
from storesync.models.connection import ConnectionQuerySet
from storesync.setup import matching
from storesync.stock import reading
from storesync.stock.comparing import Decision, comparable, plan, pushable
from storesync.wire import CallFailed


class NotCompared(Exception):
    """Somebody did not answer; the text says who and why."""


@dataclass(frozen=True)
class Difference:
    """A cell that is not the same everywhere. `cached` is what the hub last saw, None where it saw nothing.

    `value` is at risk, in the ERP's currency: the largest difference at the ERP's price.
    """

    shop: Connection
    decision: Decision
    cached: int | None
    value: Decimal

    def __str__(self) -> str:
        cell, where = self.decision, f" at {self.decision.location}" if self.decision.location else ""
        cached = "nothing" if self.cached is None else self.cached
        return (
            f"{self.shop}: {cell.sku}{where}: wanted {cell.wanted} ({cell.rule}), there {cell.seen}, "
            f"last seen {cached}: {self.value:.2f}"
        )


def would_write(shops: ConnectionQuerySet) -> Iterator[str]:
    """A line for each figure that a run over these shops would write now."""
    for shop, decisions, _ in compared(shops, pushable):
        if isinstance(decisions, NotCompared):
            yield f"{shop}: {decisions}"
            continue
        for each in decisions:
            if each.differs:
                where = f" at {each.location}" if each.location else ""
                yield f"{shop}: {each.sku}{where}: {each.seen} to {each.wanted} ({each.rule})"


def differences_of(shop: Connection, decisions: Iterable[Decision], prices: dict[str, Decimal]) -> list[Difference]:
    """The cells of which ERP, hub and shop do not say the same."""
    cells = {(key, location): seen for key, location, seen in shop.stock.values_list("item_key", "location", "seen")}
    found = []
    for each in decisions:
        cached = cells.get(each.cell)
        figures = [each.wanted, each.seen, *([] if cached is None else [cached])]
        if len(set(figures)) > 1:
            apart = max(figures) - min(figures)
            found.append(Difference(shop, each, cached, apart * prices.get(each.sku, ZERO)))
    return found


Compared = tuple[Connection, list[Decision] | NotCompared, dict[str, Decimal]]
Among = Callable[[Connection], QuerySet[SkuMapping]]


def compared(shops: ConnectionQuerySet, among: Among) -> Iterator[Compared]:
    """Each shop with what was decided on it, or why nothing was, and the ERP's prices."""
    for erp in ErpConfig.objects.filter(owner__in=shops.values("owner")).order_by("pk"):
        mine = shops.enabled().filter(owner=erp.owner_id)
        try:
            began = timezone.now()
            items = reading.found_in(erp, Prokip.of(erp), began)
        except CallFailed as error:
            yield from ((shop, NotCompared(f"The ERP: {error.message}"), {}) for shop in mine)
            continue
        prices = {item.sku: item.price for item in items.values() if item.price is not None}
        for shop in mine:
            yield shop, decided_on(shop, erp, items, among), prices


def decided_on(
    shop: Connection, erp: ErpConfig, items: dict[int, ErpItem], among: Among
) -> list[Decision] | NotCompared:
    """What a run would decide on these items: all is read first, then written, decided on, and rolled back."""
    try:
        sold, levels = read(shop)
    except CallFailed as error:
        return NotCompared(error.message)
    with transaction.atomic():
        reading.keep(erp, items, timezone.now())
        matching.keep(shop, sold)
        decisions = plan(shop, levels, among=among)
        transaction.set_rollback(True)
    return decisions


def read(shop: Connection) -> tuple[dict[str, Item], list[Level]]:
    """What it sells, and how much it has of it. Raises CallFailed."""
    connector = connector_of(shop)
    items = {item.ref.key: item for item in connector.products() if len(item.ref.key) <= matching.LONGEST_KEY}
    return items, list(connector.stock([item.ref for item in items.values()]))


def check(shops: ConnectionQuerySet) -> Iterator[Difference | str]:
    """Each difference, also of what is never written, and the shops that could not be looked at.

    What was found is kept with each shop.
    """
    for shop, decisions, prices in compared(shops, comparable):
        if isinstance(decisions, NotCompared):
            yield f"{shop}: {decisions}"
            continue
        found = differences_of(shop, decisions, prices)
        value = sum((each.value for each in found), ZERO)
        Connection.objects.filter(pk=shop.pk).update(
            drift_count=len(found), drift_value=value, drift_checked_at=timezone.now()
        )
        yield from found
