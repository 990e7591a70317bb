"""One order becomes one sale: reserved by a row, asked of the ERP, confirmed with its answer.

Whoever finds a sale that was reserved and not confirmed looks for its invoice number in the ERP before asking:
the ERP itself books an invoice number as often as it is told.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.db import transactional
from core.money import ZERO
from core.text.canonical import sha256
from storesync import wire
from storesync.erp.client import Prokip
from storesync.erp.records import ErpSaleRecord
from storesync.models import Connection, ErpConfig, ErpItem, ErpSale, ErpSaleLine, StoreOrder, TraceEvent
from storesync.sales import claiming
from storesync.sales.booking import Books, CannotBook, Products, invoice_number, obstacles, sale_of, total_of
from storesync.sales.intake import UNREADABLE
from storesync.sales.reading import Order, Problem, order_of
from storesync.sales.reading.neutral import ERP_PLACES
from storesync.setup.matching import erp_names
from storesync.trace import note_pieces

Status = StoreOrder.Status
Body = dict[str, Any]

SETTLED = Problem("settled", "A person took care of the order while it was sent, and the ERP has not got it from us.")
# Its invoice number is in the ERP, which would not see that a second sale is another.
REOPENED = Problem(
    "reopened",
    "All of the order is back in the ERP, but it stands in the store. Sell it in the ERP by hand, or refund it.",
)
EDITED = Problem("edited", "The store changed lines or sums of the order after its sale. Change the sale in the ERP.")


class BookedElsewhere(wire.CallFailed):
    """The sale is in an ERP that is not the user's any more, and nobody else can be told of it."""

    code = "other_erp"


def require_same_erp(sale: ErpSale, erp: ErpConfig) -> None:
    """Raises BookedElsewhere."""
    if sale.account != erp.account:
        raise BookedElsewhere(
            f"It was booked in another ERP ({sale.account}). Connect that one again, or change it there by hand and "
            "dismiss this."
        )


def order_in(kept: StoreOrder) -> Order:
    """The order that a row keeps; news of its cancellation may have come without the order."""
    return replace(order_of(kept.content), cancelled=kept.is_cancelled)


def sell(kept: StoreOrder, erp: ErpConfig, prokip: Prokip) -> None:
    """Make the order a sale that the ERP has confirmed. Raises CannotBook, BookedElsewhere, CallFailed."""
    if sale := ErpSale.objects.filter(order=kept).first():
        if sale.confirmed_at:
            raise CannotBook((REOPENED,))
        require_same_erp(sale, erp)
        if answer := prokip.find_sale(sale.invoice_number, day=sale.day):
            confirm(kept, sale, answer)
            return
        unreserve(kept)
    if unread := unreadable(kept):
        raise CannotBook(unread)
    order = order_in(kept)
    products = products_of(order, kept.connection, erp, prokip)
    if not erp.currency and not obstacles(order, products, books_of(erp)):
        learn_currency(erp, order.currency)
    number = sale.invoice_number if sale else new_number(kept)
    body = sale_of(order, products=products, books=books_of(erp), invoice_no=number)
    sale = reserve(kept, order, body, erp)
    confirm(kept, sale, ask(kept, body, prokip))


def unreadable(kept: StoreOrder) -> tuple[Problem, ...]:
    """Why its newest version cannot be read, if it cannot: what is known of it may be wrong by now."""
    return tuple(Problem(**problem) for problem in kept.problems if problem["code"] == UNREADABLE)


def books_of(erp: ErpConfig) -> Books:
    return Books(erp.location_id, erp.contact_id, erp.currency)


def learn_currency(erp: ErpConfig, currency: str) -> None:
    """The ERP does not tell the currency of its books: unless its user did, the first order that is booked does."""
    ErpConfig.objects.filter(pk=erp.pk, currency="").update(currency=currency)
    erp.refresh_from_db(fields=["currency"])


def products_of(order: Order, connection: Connection, erp: ErpConfig, prokip: Prokip) -> Products:
    """The ERP's ids of the order's SKUs: by hand or by their letters, from what was read of it, else asked of it.

    A SKU that the ERP does not have, or has twice, is not among them.
    """
    called = erp_names(connection, {line.sku for line in order.lines if line.sku})
    items = ErpItem.objects.filter(erp=erp, sku_key__in=map(sha256, called.values()))
    known: dict[str, list[tuple[int, int]]] = {}
    for sku, *ids in items.values_list("sku", "product_id", "variation_id"):
        known.setdefault(sku, []).append((ids[0], ids[1]))
    for sku in set(called.values()) - known.keys():
        known[sku] = [(each.product_id, each.variation_id) for each in prokip.find_sku(sku)]
    return {sku: known[name][0] for sku, name in called.items() if len(known[name]) == 1}


def new_number(kept: StoreOrder) -> str:
    """The invoice number of an order, which names the connection where the user has others of its platform."""
    shop = kept.connection
    others = Connection.objects.filter(owner=shop.owner_id, platform=shop.platform).exclude(identity=shop.identity)
    return invoice_number(shop.platform, kept.order_id, shop.pk if others.exists() else None)


@transactional
def reserve(kept: StoreOrder, order: Order, body: Body, erp: ErpConfig) -> ErpSale:
    """The sale's row, written before the ERP is asked.

    Raises CannotBook when the order was cancelled or settled by hand meanwhile.
    """
    claiming.lock(kept)
    if kept.is_settled_by_hand:
        raise CannotBook((SETTLED,))
    if kept.is_cancelled:
        raise CannotBook((Problem("cancelled", "The order was cancelled."),))
    day = date.fromisoformat(body["transaction_date"][:10])
    sale = ErpSale.objects.create(
        order=kept, invoice_number=body["invoice_no"], account=erp.account, day=day, total=total_of(body)
    )
    rows = zip(order.lines, body["products"], strict=True)
    ErpSaleLine.objects.bulk_create(
        ErpSaleLine(sale=sale, line_id=line.id, sku=line.sku, **told) for line, told in rows
    )
    kept.move_to(Status.RESERVED)
    return sale


def ask(kept: StoreOrder, body: Body, prokip: Prokip) -> ErpSaleRecord:
    """The ERP's answer to the sale. Raises CannotBook where it surely refused it; other errors leave that open."""
    try:
        return prokip.sell(body)
    except wire.Rejected as refusal:
        unreserve(kept)
        raise CannotBook((Problem("refused", refusal.message),)) from refusal


@transactional
def unreserve(kept: StoreOrder) -> None:
    """The ERP has not got it."""
    claiming.lock(kept)
    ErpSale.objects.filter(order=kept, confirmed_at=None).delete()
    kept.move_to(Status.WAITING)


@transactional
def confirm(kept: StoreOrder, sale: ErpSale, answer: ErpSaleRecord) -> None:
    """Write what the ERP answered."""
    claiming.lock(kept)
    sell_lines: dict[tuple[int, Decimal], list[int]] = {}
    for line in answer.lines:
        sell_lines.setdefault((line.variation_id, line.quantity), []).append(line.sell_line_id)
    for row in sale.lines.order_by("pk"):
        if matching := sell_lines.get((row.variation_id, Decimal(row.quantity))):
            row.sell_line_id = matching.pop(0)
            row.save(update_fields=["sell_line_id"])
    sale.erp_id, sale.erp_total, sale.confirmed_at = answer.id, answer.total, timezone.now()
    sale.save(update_fields=["erp_id", "erp_total", "confirmed_at"])
    kept.move_to(Status.SENT)
    sold = [(row.sku, 0, row.quantity) for row in sale.lines.order_by("pk")]
    note_pieces(TraceEvent.Kind.SALE, kept, sold)


def differing(kept: StoreOrder) -> list[Problem]:
    """What a person should know of a sold order; nothing of one that is all back, or was cancelled in time."""
    order, sale = order_in(kept), ErpSale.objects.filter(order=kept).first()
    if sale is None or kept.status == Status.RETURNED:
        return []
    problems = [*unreadable(kept), *order.problems]
    if over := ZERO if sale.erp_total is None else sale.erp_total - sale.total:
        problems.append(Problem("total", f"The ERP's total is {over:+f} from the order's."))
    if is_edited(order, sale):
        problems.append(EDITED)
    return problems


def is_edited(order: Order, sale: ErpSale) -> bool:
    """Whether it is another order than was sold. What was taken out of it by refunds is still among its lines."""
    sold = dict(sale.lines.values_list("line_id", "quantity"))
    is_same = sold == {line.id: line.quantity for line in order.lines}
    return not order.cancelled and not (is_same and order.total.quantize(ERP_PLACES) == sale.total)
