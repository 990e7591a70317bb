"""The last pieces: what was sold in one place no other shows any longer, within seconds and not at the next run."""

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from django.db.models import Max, QuerySet
from django_tasks import task

from core.tasks import enqueue
from core.text.canonical import sha256
from storesync.connectors.base import Level
from storesync.connectors.registry import connector_of
from storesync.models import Connection, ErpConfig, SkuMapping, StoreOrder, TraceEvent
from storesync.setup.matching import erp_names
from storesync.signals import trouble_found
from storesync.stock.comparing import Decision, plan, pushable, ref_of, stock_of, wanted_of
from storesync.stock.pushing import Writing
from storesync.stock.reserved import keep_pieces, pieces_of, reserved
from storesync.stock.wanted import pieces
from storesync.trace import note_pieces
from storesync.wire import CallFailed, RefusedCredentials

logger = logging.getLogger(__name__)
Kind = TraceEvent.Kind

# Where more are left than that, the next run is early enough.
LAST_PIECES = 5
PRIORITY = 50  # before all that can wait
URGENT = 60  # before the webhooks that wait to be handled
PATIENCE = 10  # seconds that a call may wait for its turn


def take_pieces(order: StoreOrder, before: Counter[str]) -> None:
    """Act on what an order, which was saved, takes now and did not take `before`; call it in that transaction.

    Where it takes more, it is flagged if there is not so much, and the shops are told if little is left.
    """
    after = pieces_of(order)
    if after == before:
        return
    keep_pieces(order, before, after)
    note_pieces(Kind.ORDER, order, [(sku, before[sku], after[sku]) for sku in before | after])
    if more := {sku for sku in after if after[sku] > before[sku]}:
        left = left_of(order.connection, more)
        flag_oversold(order, left)
        if left and min(have for _, have in left.values()) - widest_buffer(order.connection) <= LAST_PIECES:
            enqueue(guard_stock.using(priority=URGENT), order_id=order.pk)
    elif not after and order.is_oversold:
        order.is_oversold = False
        order.save(update_fields=["is_oversold"])


def left_of(shop: Connection, skus: Collection[str]) -> dict[str, tuple[int, int]]:
    """How many pieces of these SKUs of a shop the ERP showed, and how many of them nobody has sold; below 0 where
    more are sold. Nothing of those of which the ERP has no figure.

    The ERP's row is locked until the transaction ends: of several orders the one that comes later finds less.
    """
    erp = ErpConfig.objects.select_for_update().filter(owner=shop.owner_id).first()
    if erp is None:
        return {}
    names = erp_names(shop, skus)
    held = reserved(erp, names.values())
    there = {sku: pieces(stock) for sku, stock in stock_of(erp, names.values()).items()}
    known = {sku: (have, held[name]) for sku, name in names.items() if (have := there.get(name)) is not None}
    return {sku: (have, have - taken) for sku, (have, taken) in known.items()}


def widest_buffer(shop: Connection) -> int:
    """How many pieces the most careful shop of its owner holds back."""
    mine = Connection.objects.enabled().filter(owner=shop.owner_id)
    return int(mine.aggregate(most=Max("buffer"))["most"] or 0)


def flag_oversold(order: StoreOrder, left: Mapping[str, tuple[int, int]]) -> None:
    """Flag it, once, where more was sold than there is."""
    short = [(sku, have, after) for sku, (have, after) in left.items() if after < 0]
    if not short or order.is_oversold:
        return
    order.is_oversold = True
    order.save(update_fields=["is_oversold"])
    note_pieces(Kind.OVERSOLD, order, short)
    sold = ", ".join(sku for sku, *_ in short)
    message = f"It sold more of {sold} than there is."
    trouble_found.send(sender=StoreOrder, about=order, kind="oversold", message=message, occurrence="")


@task
def guard_stock(order_id: int) -> None:
    """Let all items of the owner's shops show no more than is left of what an order took, where that is little."""
    order = StoreOrder.objects.select_related("connection").get(pk=order_id)
    lower_others(order.connection, pieces_of(order), order_id=order.order_id)


def lower_others(shop: Connection, skus: Collection[str], *, order_id: str = "") -> None:
    """The same for these SKUs of a shop. A shop that does not answer is left to the next run."""
    erp = ErpConfig.objects.filter(owner=shop.owner_id).first()
    if erp is None:
        return
    names = set(erp_names(shop, skus).values())
    held = reserved(erp, names)
    for each in Connection.objects.enabled().filter(owner=shop.owner_id):
        figures = wanted_of(each, erp, names, held)
        last = [sha256(name) for name, figure in figures.items() if (figure.quantity or 0) <= LAST_PIECES]
        items = pushable(each).filter(erp_sku_key__in=last)
        if each == shop:  # it has taken them from the item that it sold, but from no other of the same SKU
            items = items.exclude(sku_key__in=[sha256(sku) for sku in skus])
        try:
            lower(each, items, order_id=order_id)
        except RefusedCredentials:
            each.break_off(note="It refused the credentials when its last pieces were written.")
        except CallFailed as error:
            logger.warning("%s shows too much until the next run: %s", each, error.code)


def lower(shop: Connection, items: QuerySet[SkuMapping], *, order_id: str) -> None:
    """Write what is wanted of these items where the shop shows more. Raises a CallFailed of the shop.

    Never the other way: a shop's own sales, of which we may not know yet, made its figure lower.
    """
    refs = [ref_of(mapping) for mapping in items]
    if not refs:
        return

    def too_many(levels: Sequence[Level]) -> list[Decision]:
        return [each for each in plan(shop, levels) if each.wanted < each.seen]

    connector = connector_of(shop, patience=PATIENCE)
    writing = Writing(shop, connector, too_many, source="guard", order_id=order_id)
    writing.work_off(too_many(list(connector.stock(refs))))
