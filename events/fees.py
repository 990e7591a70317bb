"""Our fee for a ticket. Pure: a function of its price; the result is kept on the order's line."""

from decimal import Decimal

from core.money import ZERO, percent_of


def ticket_fee(price: Decimal, *, percent: Decimal, fixed: Decimal) -> Decimal:
    """`percent` of the price and `fixed`, half up to the kobo and never above the price; nothing of a free ticket."""
    return min(percent_of(price, percent) + fixed, price) if price else ZERO
