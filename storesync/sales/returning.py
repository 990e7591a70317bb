"""What came back of a sale: the ERP is told the sum so far of each line, and its own figures are compared after."""

from django.utils import timezone

from core.db import transactional
from storesync.erp.client import Prokip
from storesync.erp.records import ErpSaleRecord
from storesync.models import ErpConfig, ErpSale, StoreOrder, TraceEvent
from storesync.sales.booking import ReturnedLine, return_of, returned_so_far
from storesync.sales.selling import order_in, require_same_erp
from storesync.trace import note_pieces
from storesync.wire import BadAnswer


def give_back(kept: StoreOrder, erp: ErpConfig, prokip: Prokip) -> None:
    """Tell the ERP what came back since it was told last. Raises BookedElsewhere, and a CallFailed of the ERP."""
    order, sale = order_in(kept), ErpSale.objects.get(order=kept)
    if not want(sale, returned_so_far(order)):
        return
    require_same_erp(sale, erp)
    sale_id, rows = required(sale.erp_id), sale.lines.order_by("pk")
    lines = [ReturnedLine(required(row.sell_line_id), row.return_wanted, row.unit_price) for row in rows]
    prokip.give_back(return_of(order, sale_id=sale_id, at=timezone.now(), lines=lines))
    compare(sale, prokip.sale(sale_id))
    settle(kept, sale)


@transactional
def want(sale: ErpSale, returned: dict[str, int]) -> bool:
    """Write what is to come back, before the ERP is asked; whether that is more than it has confirmed.

    A sum never falls: a refund that a shop takes away again was told already.
    """
    lines = list(sale.lines.select_for_update().order_by("pk"))
    for line in lines:
        line.return_wanted = max(line.return_wanted, min(returned.get(line.line_id, 0), line.quantity))
        line.save(update_fields=["return_wanted"])
    return any(line.return_wanted > line.returned for line in lines)


def compare(sale: ErpSale, found: ErpSaleRecord | None) -> None:
    """Raises BadAnswer where the ERP has less than it was told."""
    has = {line.sell_line_id: line.returned for line in found.lines} if found else {}
    if any(has.get(line.sell_line_id or 0, 0) < line.return_wanted for line in sale.lines.all()):
        raise BadAnswer("The ERP does not show the return that it took.")


def required(number: int | None) -> int:
    """An id of a confirmed sale. Raises BadAnswer where the ERP gave none."""
    if number is None:
        raise BadAnswer("The ERP did not say which line of the sale is which.")
    return number


@transactional
def settle(kept: StoreOrder, sale: ErpSale) -> None:
    """What was wanted is back; with the last piece the order is returned."""
    lines = list(sale.lines.select_for_update().order_by("pk"))
    note_pieces(TraceEvent.Kind.RETURN, kept, [(line.sku, line.returned, line.return_wanted) for line in lines])
    for line in lines:
        line.returned = line.return_wanted
        line.save(update_fields=["returned"])
    if all(line.returned == line.quantity for line in lines):
        kept.move_to(StoreOrder.Status.RETURNED)
