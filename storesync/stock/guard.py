"""The last pieces: what one shop sold, the others no longer show, within seconds and not at the next run."""

import logging
from collections import Counter
from collections.abc import Collection, Sequence

from django_tasks import task

from core.tasks import enqueue
from core.text.canonical import sha256
from storesync.connectors.base import Level
from storesync.connectors.registry import connector_of
from storesync.models import Connection, ErpConfig, StoreOrder, TraceEvent
from storesync.setup.matching import erp_names
from storesync.signals import trouble_found
from storesync.stock.comparing import Decision, plan, pushable, ref_of, stock_of, wanted_of
from storesync.stock.pushing import Writing
from storesync.stock.reserved import pieces_of, reserved
from storesync.stock.wanted import pieces
from storesync.trace import note_pieces
from storesync.wire import CallFailed, RefusedCredentials

logger = logging.getLogger(__name__)
Kind = TraceEvent.Kind

# Where more are left than that, the next run is early enough.
LAST_PIECES = 5
PRIORITY = 50  # before all that can wait
PATIENCE = 10  # seconds that a call may wait for its turn


def take_pieces(order: StoreOrder, before: Counter[str]) -> None:
    """Act on what an order, which was saved, takes now and did not take `before`; call it in that transaction.

    Where it takes more, the other shops are told, and it is flagged if there is not so much.
    """
    after = pieces_of(order)
    if after == before:
        return
    note_pieces(Kind.ORDER, order, [(sku, before[sku], after[sku]) for sku in before | after])
    more = {sku for sku in after if after[sku] > before[sku]}
    if more:
        flag_oversold(order, more)
        enqueue(guard_stock.using(priority=PRIORITY), order_id=order.pk)
    elif not after and order.is_oversold:
        order.is_oversold = False
        order.save(update_fields=["is_oversold"])


def flag_oversold(order: StoreOrder, skus: Collection[str]) -> None:
    """Flag it where less is there than was sold of these SKUs of its shop.

    The ERP's row is locked until the transaction ends: of several orders the one that comes later finds too little.
    """
    shop = order.connection
    erp = ErpConfig.objects.select_for_update().filter(owner=shop.owner_id).first()
    if erp is None or order.is_oversold:
        return
    names, held = erp_names(shop, skus), reserved(erp)
    there = {sku: pieces(stock) for sku, stock in stock_of(erp, names.values()).items()}
    short = [
        (sku, known, known - held[name])
        for sku, name in names.items()
        if (known := there.get(name)) is not None and known < held[name]
    ]
    if short:
        order.is_oversold = True
        order.save(update_fields=["is_oversold"])
        note_pieces(Kind.OVERSOLD, order, short)
        sold = ", ".join(sku for sku, *_ in short)
        message = f"It sold more of {sold} than there is."
        trouble_found.send(sender=StoreOrder, about=order, kind="oversold", message=message, occurrence="")


@task
def guard_stock(order_id: int) -> None:
    """Let the owner's other shops show no more than is left of what an order took, where that is little."""
    order = StoreOrder.objects.select_related("connection").get(pk=order_id)
    lower_others(order.connection, pieces_of(order), order_id=order.order_id)


def lower_others(shop: Connection, skus: Collection[str], *, order_id: str = "") -> None:
    """The same for these SKUs of a shop. A shop that does not answer is left to the next run."""
    erp = ErpConfig.objects.filter(owner=shop.owner_id).first()
    if erp is None:
        return
    names, held = set(erp_names(shop, skus).values()), reserved(erp)
    for other in Connection.objects.enabled().filter(owner=shop.owner_id).exclude(pk=shop.pk):
        figures = wanted_of(other, erp, names, held)
        last = [name for name, figure in figures.items() if (figure.quantity or 0) <= LAST_PIECES]
        try:
            lower(other, last, order_id=order_id)
        except RefusedCredentials:
            other.break_off(note="It refused the credentials when its last pieces were written.")
        except CallFailed as error:
            logger.warning("%s shows too much until the next run: %s", other, error.code)


def lower(shop: Connection, skus: Collection[str], *, order_id: str) -> None:
    """Write what is wanted of these SKUs of the ERP where the shop shows more. Raises a CallFailed of the shop.

    Never the other way: a shop's own sales, of which we may not know yet, made its figure lower.
    """
    mapped = pushable(shop).filter(erp_sku_key__in=[sha256(sku) for sku in skus])
    refs = [ref_of(mapping) for mapping in mapped]
    if not refs:
        return

    def too_many(levels: Sequence[Level]) -> list[Decision]:
        return [each for each in plan(shop, levels) if each.wanted < each.seen]

    connector = connector_of(shop, patience=PATIENCE)
    writing = Writing(shop, connector, too_many, source="guard", order_id=order_id)
    writing.work_off(too_many(list(connector.stock(refs))))
