"""Pieces that are sold, and that the ERP's stock as it was read has still."""

from collections import Counter
from itertools import chain

from storesync.connectors.catalogue import on_rent
from storesync.health import STUCK
from storesync.models import Connection, ErpConfig, Platform, SkuMapping, StoreOrder

Status = StoreOrder.Status
NOT_BOOKED = (Status.WAITING, Status.RESERVED, Status.BLOCKED)


def pieces_of(order: StoreOrder) -> Counter[str]:
    """What an order takes, by the shop's SKUs, paid or not, where its shop took it, too. Nothing that is back in
    stock, and nothing of an exempt one.
    """
    taken: Counter[str] = Counter()
    if not order.is_cancelled and not order.is_exempt and order.content.get("holds_pieces"):
        for line in order.content.get("lines", ()):
            taken[line["sku"]] += line["quantity"] - line["restocked"]
    return Counter({sku: pieces for sku, pieces in taken.items() if sku and pieces > 0})


def reserved(erp: ErpConfig) -> Counter[str]:
    """By the ERP's SKUs: what all shops of its owner sold and the ERP had not booked when its reading began, and what
    is on rent, of which the ERP is never told.

    A sale that was booked during the reading may be in its figure, too, and is counted twice until the next one:
    too few pieces are better than too many. No longer held is what waits for a person who dismissed it, since they
    sold it in the ERP by hand, or nobody will, and what will never be booked since its shop was disconnected.
    """
    mine = StoreOrder.objects.filter(connection__owner=erp.owner_id, is_cancelled=False)
    waiting = mine.filter(status__in=NOT_BOOKED).exclude(connection__status=Connection.Status.REMOVED)
    orders = chain(
        waiting.exclude(STUCK, dismissed_at__isnull=False),
        mine.filter(status=Status.SENT, sale__confirmed_at__gte=erp.read_at) if erp.read_at else (),
    )
    by_hand = names_by_hand(erp)
    held: Counter[str] = Counter()
    for order in orders:
        for sku, pieces in pieces_of(order).items():
            held[by_hand.get((order.connection_id, sku), sku)] += pieces
    for catalogue in Connection.objects.kept().filter(owner=erp.owner_id, platform=Platform.GIGGATEK):
        for sku, pieces in on_rent(catalogue.sku_prefix).items():
            held[by_hand.get((catalogue.pk, sku), sku)] += pieces
    return held


def names_by_hand(erp: ErpConfig) -> dict[tuple[int, str], str]:
    """The ERP's SKUs by connection and what it calls them."""
    manual = SkuMapping.objects.filter(connection__owner=erp.owner_id, how=SkuMapping.How.MANUAL)
    rows = manual.values_list("connection_id", "sku", "erp_sku")
    return {(connection, sku): erp_sku for connection, sku, erp_sku in rows}
