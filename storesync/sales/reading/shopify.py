"""Shopify's orders as its webhooks and its REST API write them."""

import re
from datetime import tzinfo
from decimal import Decimal
from typing import Any

from core.money import ZERO
from storesync import values
from storesync.sales.reading.neutral import MAX_NUMBER, Line, Order, Reading, Refunded
from storesync.values import Unreadable, members, moment

PAID = {"paid", "partially_refunded"}
BACK_IN_STOCK = {"cancel", "return", "legacy_restock"}
GID = re.compile(r"gid://shopify/[A-Za-z]+/([0-9]{1,20})")


def read_shopify(order: Any, *, zone: tzinfo | None = None) -> Order:
    """The order of a payload that `parse` read. `zone` is the shop's time, for moments that came in UTC."""
    if not isinstance(order, dict):
        raise Unreadable("The order is no JSON object.")
    if not (order_id := exact_id(order)):
        raise Unreadable("The order has no id.")
    reading = Reading()
    given_back, refunds = _refunds(reading, order)
    taxed = order.get("taxes_included") is True
    lines = tuple(_line(reading, row, refunds, taxed=taxed) for row in reading.lines(order.get("line_items")))
    reading.ids_differ(lines)
    reading.no_refund_left(refunds)
    shipping = _shipping(reading, order, taxed=taxed)
    discount = _discount(reading, order)
    extra = _extra(reading, order)
    total = reading.paid_amount(reading.amount(order.get("total_price"), "The order"), "The order")
    reading.adds_up([*(line.amount for line in lines), shipping, extra, -discount], total, lines=len(lines))
    created = reading.created(moment(order.get("created_at")))
    payment = values.text(order.get("financial_status"))
    return Order(
        platform="shopify",
        id=order_id,
        number=values.text(order.get("name"), MAX_NUMBER),
        version=moment(order.get("updated_at")),
        created=created.astimezone(zone) if created and zone else created,
        paid=payment in PAID,
        cancelled=order.get("cancelled_at") is not None,
        test=order.get("test") is True,
        currency=reading.currency(order.get("currency")),
        lines=lines,
        discount=discount,
        shipping=shipping,
        extra=extra,
        tax=reading.amount_if_any(order.get("total_tax"), "The tax"),
        total=total,
        refunded=total if payment == "refunded" else given_back,  # it may have been paid in another currency
        refunds_unread=False,
        problems=tuple(reading.problems),
    )


def exact_id(row: dict[str, Any]) -> str:
    """The id of an object. Tools between Shopify and us round its number; the text of the global id they leave."""
    return _of_gid(row.get("admin_graphql_api_id")) or values.identifier(row.get("id"))


def _of_gid(value: Any) -> str:
    found = GID.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else ""


def _line(reading: Reading, row: dict[str, Any], refunds: dict[str, Refunded], *, taxed: bool) -> Line:
    name = values.text(row.get("name")) or values.text(row.get("title"))
    what = f"The line “{name}”"
    line_id, quantity = exact_id(row), reading.quantity(row.get("quantity"), what)
    tax = reading.sum_of(row.get("tax_lines"), "price", what)
    net = reading.amount(row.get("price"), what) * quantity - _line_discount(reading, row, what)
    refunded = _refunded(refunds, line_id, values.identifier(row.get("id")))
    return Line(
        id=line_id,
        item_id=values.identifier(row.get("product_id")),
        variant_id=values.identifier(row.get("variant_id")),
        sku=reading.sku(row.get("sku"), what),
        name=name,
        quantity=quantity,
        amount=reading.paid_amount(net if taxed else net + tax, what),
        tax=tax,
        refunded=min(refunded.quantity, quantity),
        restocked=min(refunded.restocked, quantity),
    )


def _line_discount(reading: Reading, row: dict[str, Any], what: str) -> Decimal:
    """All that is taken off the line: allocations have the order's discounts in them, `total_discount` has not."""
    if isinstance(row.get("discount_allocations"), list):
        return reading.sum_of(row["discount_allocations"], "amount", what)
    return reading.amount_if_any(row.get("total_discount"), what)


def _discount(reading: Reading, order: dict[str, Any]) -> Decimal:
    """What is taken off the order and was allocated neither to lines nor to the shipping."""
    rows = [*members(order.get("line_items")), *members(order.get("shipping_lines"))]
    noted = Reading()  # what is wrong with these was noted when their lines were read
    allocated = sum((_line_discount(noted, row, "A discount") for row in rows), ZERO)
    return max(reading.amount_if_any(order.get("total_discounts"), "The discount") - allocated, ZERO)


def _shipping(reading: Reading, order: dict[str, Any], *, taxed: bool) -> Decimal:
    total = ZERO
    for row in members(order.get("shipping_lines")):
        if row.get("is_removed") is not True:
            net = reading.amount(row.get("price"), "The shipping") - _line_discount(reading, row, "The shipping")
            total += net if taxed else net + reading.sum_of(row.get("tax_lines"), "price", "The shipping")
    return reading.paid_amount(total, "The shipping")


def _extra(reading: Reading, order: dict[str, Any]) -> Decimal:
    """Tips and fees, and duties where the prices do not contain them."""
    extra = reading.amount_if_any(order.get("total_tip_received"), "The tip")
    extra += _shop_money(reading, order.get("original_total_additional_fees_set"), "A fee")
    if order.get("duties_included") is not True:
        extra += _shop_money(reading, order.get("original_total_duties_set"), "The duties")
    return reading.paid_amount(extra, "A tip or fee")


def _shop_money(reading: Reading, value: Any, what: str) -> Decimal:
    money = value.get("shop_money") if isinstance(value, dict) else None
    return reading.amount(money.get("amount"), what) if isinstance(money, dict) else ZERO


def _refunds(reading: Reading, order: dict[str, Any]) -> tuple[Decimal, dict[str, Refunded]]:
    """The money given back, and by line id what went back. The lines are no measure of the money, nor it of them."""
    given_back, refunds = ZERO, dict[str, Refunded]()
    for refund in members(order.get("refunds")):
        for payment in members(refund.get("transactions")):
            if payment.get("kind") == "refund" and payment.get("status") == "success":
                given_back += reading.amount(payment.get("amount"), "A refund")
        for row in members(refund.get("refund_line_items")):
            quantity = reading.quantity(row.get("quantity"), "A refund")
            refunds.setdefault(_line_of(row), Refunded()).add(quantity, restocked=_restocked(row, refund))
    return given_back, refunds


def _line_of(refund_line: dict[str, Any]) -> str:
    """The id of the line that a refund's line is about, exact where the line comes with it."""
    line = refund_line.get("line_item")
    exact = exact_id(line) if isinstance(line, dict) else ""
    return exact or values.identifier(refund_line.get("line_item_id"))


def _restocked(refund_line: dict[str, Any], refund: dict[str, Any]) -> bool:
    """Whether the pieces are back in stock; before restock types the refund said it for all of them."""
    kind = refund_line.get("restock_type")
    return refund.get("restock") is not False if kind is None else values.text(kind) in BACK_IN_STOCK


def _refunded(refunds: dict[str, Refunded], line_id: str, number: str) -> Refunded:
    """What was refunded of a line; a refund may know it by its exact id, or by its number, which may be rounded."""
    found = Refunded()
    for name in {line_id, number}:
        part = refunds.pop(name, None) if name else None
        if part:
            found.quantity += part.quantity
            found.restocked += part.restocked
    return found
