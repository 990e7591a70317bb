"""What goes back for a part of an order: pieces with their share of the tax, the shipping, or an amount."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from django.db.models import Sum

from core.money import ZERO, quantize
from orders.errors import NothingToRefund, ShippingRefunded
from orders.models import Order, OrderLine, OrderRefund
from payments.models import Refund

Pieces: TypeAlias = list[tuple[OrderLine, int]]


@dataclass(frozen=True)
class Wanted:
    """What is to go back: pieces by the key of their line and the shipping, or else an amount.

    With `restock` the pieces are back in the house; `serials` are those of the devices among them.
    """

    quantities: Mapping[int, int]
    shipping: bool = False
    amount: Decimal | None = None
    restock: bool = False
    serials: Sequence[str] = ()


@dataclass(frozen=True)
class Price:
    """What goes back for it, in parts."""

    goods: Decimal = ZERO
    tax: Decimal = ZERO
    shipping: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.goods + self.tax + self.shipping


def price_of(order: Order, pieces: Pieces, wanted: Wanted) -> Price:
    """What goes back. Raises ShippingRefunded, NothingToRefund."""
    goods = sum((line.price * quantity for line, quantity in pieces), ZERO)
    price = Price(goods, tax_on(order, goods), shipping_of(order) if wanted.shipping else ZERO)
    if wanted.amount is not None:
        price = Price(wanted.amount)
    if price.total <= ZERO:
        raise NothingToRefund("amount: there is nothing to give back for this.")
    return price


def tax_on(order: Order, goods: Decimal) -> Decimal:
    """The tax on goods of this value, so that all pieces together bring all of the tax, to the cent."""
    if not (goods and order.tax_total):
        return ZERO
    before = sum((line.price * line.refunded_quantity for line in OrderLine.objects.filter(order=order)), ZERO)
    through = quantize(order.tax_total * (before + goods) / order.subtotal)
    standing = OrderRefund.objects.filter(refund__payment__order_payment__order=order)
    given = standing.exclude(refund__status=Refund.Status.FAILED).aggregate(sum=Sum("tax_amount"))["sum"]
    return max(quantize(through - (given or ZERO)), ZERO)


def shipping_of(order: Order) -> Decimal:
    """What the shipping cost, which goes back whole, and once. Raises ShippingRefunded."""
    if OrderRefund.objects.filter(shipping_of=order).exists():
        raise ShippingRefunded
    return order.shipping_total


def left_to_refund(order: Order) -> Decimal:
    """What was taken for the order and is not given back, nor on its way back."""
    return ZERO if order.is_unpaid else sum((one.refundable for one in order.counted_payments()), ZERO)
