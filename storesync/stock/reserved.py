"""Pieces that are sold, and that the ERP's stock as it was read has still."""

from collections import Counter
from collections.abc import Collection, Mapping

from django.db.models import Min, QuerySet, Sum

from core.db import ROWS_AT_ONCE
from core.text.canonical import sha256
from storesync.connectors.catalogue import on_rent
from storesync.health import STUCK
from storesync.models import Connection, ErpConfig, OrderPieces, Platform, SkuMapping, StoreOrder

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


def keep_pieces(order: StoreOrder, before: Counter[str], pieces: Counter[str]) -> None:
    """Write what an order takes instead of what it took before, so that what all of them take is a sum."""
    if before:
        order.pieces.all().delete()
    rows = [OrderPieces(order=order, sku=sku, sku_key=sha256(sku), quantity=pieces[sku]) for sku in pieces]
    OrderPieces.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)


def reserved(erp: ErpConfig, among: Collection[str] | None = None) -> Counter[str]:
    """By the ERP's SKUs, of all or `among` some: what all shops of its owner sold and the ERP had not booked when its
    reading began, and what is on rent, of which the ERP is never told.

    A sale that was booked during the reading may be in its figure, too, and is counted twice until the next one:
    too few pieces are better than too many. No longer held is what waits for a person who dismissed it, since they
    sold it in the ERP by hand, or nobody will, and what will never be booked since its shop was disconnected before
    the ERP was asked.
    """
    by_hand = names_by_hand(erp)
    rows = OrderPieces.objects.filter(order__connection__owner=erp.owner_id)
    if among is not None:
        others = [key for (_, key), name in by_hand.items() if name in among]
        rows = rows.filter(sku_key__in={*map(sha256, among), *others})
    waiting = rows.filter(order__status__in=NOT_BOOKED).exclude(
        order__connection__status=Connection.Status.REMOVED, order__status__in=(Status.WAITING, Status.BLOCKED)
    )
    settled = StoreOrder.objects.filter(STUCK, dismissed_at__isnull=False, connection__owner=erp.owner_id)
    held = summed(waiting.exclude(order__in=settled), by_hand)
    if erp.read_at:
        booked_since = rows.filter(order__status=Status.SENT, order__sale__confirmed_at__gte=erp.read_at)
        held += summed(booked_since, by_hand)
    for catalogue in Connection.objects.kept().filter(owner=erp.owner_id, platform=Platform.GIGGATEK):
        for sku, pieces in on_rent(catalogue.sku_prefix).items():
            held[by_hand.get((catalogue.pk, sha256(sku)), sku)] += pieces
    return held


def summed(rows: QuerySet[OrderPieces], by_hand: Mapping[tuple[int, str], str]) -> Counter[str]:
    """By what the ERP calls them. A collation may find that two SKUs are one, which their digests are not."""
    held: Counter[str] = Counter()
    sums = rows.values("order__connection", "sku_key").annotate(name=Min("sku"), many=Sum("quantity"))
    for shop, key, name, many in sums.values_list("order__connection", "sku_key", "name", "many"):
        held[by_hand.get((shop, key), name)] += int(many)
    return held


def names_by_hand(erp: ErpConfig) -> dict[tuple[int, str], str]:
    """What the ERP calls a shop's SKUs, by connection and digest."""
    manual = SkuMapping.objects.filter(connection__owner=erp.owner_id, how=SkuMapping.How.MANUAL)
    rows = manual.exclude(sku_key=None).values_list("connection_id", "sku_key", "erp_sku")
    return {(connection, str(key)): erp_sku for connection, key, erp_sku in rows}
