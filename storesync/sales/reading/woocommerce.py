"""WooCommerce's orders and refunds as its webhooks and its REST API v3 write them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any

from core.money import CENT, ZERO
from storesync import values
from storesync.sales.reading.neutral import MAX_NUMBER, Line, Order, Reading, Refunded
from storesync.values import Unreadable, members, moment

PAID = {"processing", "completed"}
CANCELLED = {"cancelled", "refunded", "failed", "trash"}
# It takes them with the other statuses, and gives them back with "pending".
TAKES_NOTHING = {"pending", "checkout-draft", "auto-draft"}


def resource_of(payload: Any) -> Any:
    """The order in a webhook's body: the body itself, or its `resource` where a topic stands beside it."""
    if isinstance(payload, dict) and "topic" in payload and "resource" in payload:
        return payload["resource"]
    return payload


def read_woocommerce(
    order: Any, *, refunds: Sequence[Any] | None = None, deleted: bool = False, zone: tzinfo = UTC
) -> Order:
    """The order of a payload that `parse` read.

    `refunds` is what GET orders/{id}/refunds has; without it the order says how much went back, not of what
    (`refunds_unread`). `deleted` is for the topic order.deleted, whose body is the id alone. `zone` is the shop's
    time, for orders that say one of their two times only.
    """
    if not isinstance(order, dict):
        raise Unreadable("The order is no JSON object.")
    if not (order_id := values.identifier(order.get("id"))):
        raise Unreadable("The order has no id.")
    reading = Reading()
    status = values.text(order.get("status"))
    given_back, by_line = _refunds(reading, order, refunds)
    lines = tuple(_line(reading, row, by_line) for row in reading.lines(order.get("line_items")))
    reading.ids_differ(lines)
    reading.no_refund_left(by_line)
    shipping = _with_tax(reading, order, "shipping_total", "shipping_tax", "The shipping")
    shipping = reading.paid_amount(shipping, "The shipping")
    fees = [_with_tax(reading, row, "total", "total_tax", "A fee") for row in members(order.get("fee_lines"))]
    total = reading.paid_amount(reading.amount(order.get("total"), "The order"), "The order")
    amounts = [*(line.amount for line in lines), shipping, *fees]
    reading.adds_up(amounts, total, lines=len(lines) + len(fees), unit=_unit_of(total))
    return Order(
        platform="woocommerce",
        id=order_id,
        number=values.text(order.get("number"), MAX_NUMBER) or order_id,
        version=moment(order.get("date_modified_gmt")),
        created=reading.created(_created(order, zone)),
        paid=status in PAID,
        cancelled=deleted or status in CANCELLED,
        test=False,
        currency=reading.currency(order.get("currency")),
        lines=lines,
        discount=-sum((fee for fee in fees if fee < 0), ZERO),  # a fee below zero is how Woo takes off a sum
        shipping=shipping,
        extra=sum((fee for fee in fees if fee > 0), ZERO),
        tax=reading.amount_if_any(order.get("total_tax"), "The tax"),
        total=total,
        refunded=given_back,
        refunds_unread=refunds is None and bool(order.get("refunds")),
        problems=tuple(reading.problems),
        paid_at=moment(order.get("date_paid_gmt")),
        holds_pieces=status not in TAKES_NOTHING,
    )


def _line(reading: Reading, row: dict[str, Any], refunds: dict[str, Refunded]) -> Line:
    """`total` is after coupons and never contains the tax, `prices_include_tax` or not."""
    name = values.text(row.get("name"))
    what = f"The line “{name}”"
    line_id, quantity = values.identifier(row.get("id")), reading.quantity(row.get("quantity"), what)
    refunded = refunds.pop(line_id, Refunded())
    return Line(
        id=line_id,
        item_id=values.identifier(row.get("product_id")),
        variant_id=values.identifier(row.get("variation_id")),
        sku=reading.sku(row.get("sku"), what),
        name=name,
        quantity=quantity,
        amount=reading.paid_amount(_with_tax(reading, row, "total", "total_tax", what), what),
        tax=reading.amount_if_any(row.get("total_tax"), what),
        refunded=min(refunded.quantity, quantity),
        restocked=min(refunded.restocked, quantity),
    )


def _with_tax(reading: Reading, row: dict[str, Any], net: str, tax: str, what: str) -> Decimal:
    return reading.amount_if_any(row.get(net), what) + reading.amount_if_any(row.get(tax), what)


def _unit_of(total: Decimal) -> Decimal:
    """What the shop rounds to: it writes as many places as its prices show, which may be none."""
    exponent = total.as_tuple().exponent
    return max(CENT, Decimal(1).scaleb(exponent)) if isinstance(exponent, int) and exponent <= 0 else CENT


def _created(order: dict[str, Any], zone: tzinfo) -> datetime | None:
    """The local time is the shop's own, and what it differs from GMT is its offset."""
    local, gmt = moment(order.get("date_created")), moment(order.get("date_created_gmt"))
    if local and gmt and abs(local - gmt) < timedelta(days=1):
        return local.replace(tzinfo=timezone(local - gmt))
    return gmt.astimezone(zone) if gmt else moment(order.get("date_created"), zone)


def _refunds(
    reading: Reading, order: dict[str, Any], refunds: Sequence[Any] | None
) -> tuple[Decimal, dict[str, Refunded]]:
    """The money given back, and by line id what went back. Woo does not say whether that is in stock: it is."""
    if refunds is None:
        return -reading.sum_of(order.get("refunds"), "total", "A refund"), {}
    given_back, by_line = ZERO, dict[str, Refunded]()
    for refund in members(refunds):
        given_back += reading.amount(refund.get("amount"), "A refund")
        for row in members(refund.get("line_items")):
            quantity = values.whole(row.get("quantity"))
            if quantity is None:
                reading.note("refunds", "A refund has a quantity that cannot be read.")
            elif quantity:  # 0 is money back for a line whose pieces the buyer keeps
                by_line.setdefault(_line_of(row), Refunded()).add(abs(quantity), restocked=True)
    return given_back, by_line


def _line_of(refund_line: dict[str, Any]) -> str:
    """The id of the order's line; a refund's line has an id of its own, which means nothing."""
    for meta in members(refund_line.get("meta_data")):
        if meta.get("key") == "_refunded_item_id":
            return values.identifier(meta.get("value"))
    return ""
