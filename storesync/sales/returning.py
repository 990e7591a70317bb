"""What came back of a sale: the ERP is asked what it has, then told the sum so far of each line, and compared."""

import math

from django.utils import timezone

from core.db import transactional
from storesync.erp.client import Prokip
from storesync.erp.records import ErpSaleRecord
from storesync.models import ErpConfig, ErpSale, ErpSaleLine, StoreOrder, TraceEvent
from storesync.sales import claiming
from storesync.sales.booking import ReturnedLine, return_of, returned_so_far
from storesync.sales.selling import order_in, require_same_erp
from storesync.trace import note_pieces
from storesync.wire import BadAnswer


def give_back(kept: StoreOrder, erp: ErpConfig, prokip: Prokip) -> None:
    """Tell the ERP what came back since it was told last. Raises BookedElsewhere, and a CallFailed of the ERP."""
    order, sale = order_in(kept), ErpSale.objects.get(order=kept)
    back = returned_so_far(order)
    if not any(max(line.return_wanted, pieces(line, back)) > line.returned for line in sale.lines.all()):
        return
    require_same_erp(sale, erp)
    sale_id = required(sale.erp_id)
    has = returned_in(prokip.sale(sale_id))
    rows = want(kept, sale, has)
    if lacks(rows, has):
        lines = [ReturnedLine(required(row.sell_line_id), row.return_wanted, row.unit_price) for row in rows]
        prokip.give_back(return_of(order, sale_id=sale_id, at=timezone.now(), lines=lines))
        if lacks(rows, returned_in(prokip.sale(sale_id))):
            raise BadAnswer("The ERP does not show the return that it took.")
    settle(kept, sale)


def pieces(line: ErpSaleLine, back: dict[str, int]) -> int:
    """How many of the line are back, as far as they were sold."""
    return min(back.get(line.line_id, 0), line.quantity)


def returned_in(found: ErpSaleRecord | None) -> dict[int, int]:
    """How many pieces the ERP has back, by its ids of the lines. Raises BadAnswer where it has no such sale."""
    if found is None:
        raise BadAnswer("The ERP does not show the sale.")
    return {line.sell_line_id: math.ceil(line.returned) for line in found.lines}


@transactional
def want(kept: StoreOrder, sale: ErpSale, has: dict[int, int]) -> list[ErpSaleLine]:
    """Write what is to be back in all, before the ERP is told; the lines.

    That is what the shop says now, but never less than the ERP has, whoever returned it there, nor than it has once
    confirmed. What was only wanted, and did not reach the ERP, falls with the shop's figure.
    """
    claiming.lock(kept)
    back = returned_so_far(order_in(kept))
    lines = list(sale.lines.select_for_update().order_by("pk"))
    for line in lines:
        there = min(has.get(required(line.sell_line_id), 0), line.quantity)
        line.return_wanted = max(line.returned, there, pieces(line, back))
        line.save(update_fields=["return_wanted"])
    return lines


def lacks(lines: list[ErpSaleLine], has: dict[int, int]) -> bool:
    """Whether the ERP has less than is wanted."""
    return any(has.get(line.sell_line_id or 0, 0) < line.return_wanted for line in lines)


def required(number: int | None) -> int:
    """An id of a confirmed sale. Raises BadAnswer where the ERP gave none."""
    if number is None:
        raise BadAnswer("The ERP did not say which line of the sale is which.")
    return number


@transactional
def settle(kept: StoreOrder, sale: ErpSale) -> None:
    """What was wanted is back; with the last piece the order is returned."""
    claiming.lock(kept)
    lines = list(sale.lines.select_for_update().order_by("pk"))
    note_pieces(TraceEvent.Kind.RETURN, kept, [(line.sku, line.returned, line.return_wanted) for line in lines])
    for line in lines:
        line.returned = line.return_wanted
        line.save(update_fields=["returned"])
    if all(line.returned == line.quantity for line in lines):
        kept.move_to(StoreOrder.Status.RETURNED)
