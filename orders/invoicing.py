"""The invoices of orders: what payments cannot know of them."""

from decimal import Decimal

from core.money import ZERO, from_minor, split
from core.text import address_lines
from orders.models import Order, OrderLine, OrderRefund
from payments.invoices import services as invoices
from payments.invoices.bills import Bill, Line, Parts
from payments.ledger import Account
from payments.models import LedgerLine, Payment, Refund


def invoice(order: Order, payment: Payment) -> None:
    """Write the invoice of the payment that was just counted for the order, in its transaction."""
    buyer, *address = address_lines(order.billing_address)
    bill = Bill(subject=order.holder, title=str(order), buyer=buyer, address=address, parts=parts_of(order))
    invoices.issue(payment=payment, bill=bill)


def credit(refund: Refund) -> None:
    """Write the credit note of a refund of counted money, in the transaction that settles it."""
    invoices.credit(refund=refund, parts=parts_given_back(refund))


def parts_of(order: Order) -> Parts:
    """All that was bought; each line has its share of the tax, which is on the goods."""
    lines = list(order.lines.all())
    taxes = split(order.tax_total, [line.subtotal for line in lines])
    shares = zip(lines, taxes, strict=True)
    return Parts([line_of(line, line.quantity, tax=tax) for line, tax in shares], shipping=order.shipping_total)


def parts_given_back(refund: Refund) -> Parts | None:
    """What the money was for, with the tax that the books took back; None for all of the order at once.

    That is the pieces and the shipping which staff chose, or one sum: when they chose an amount, and when the rest
    of an order brings more tax than its last pieces, because an amount went back before without any.
    """
    tax = tax_back(refund)
    chosen = parts_chosen(refund)
    if chosen and (chosen.total, chosen.tax) == (refund.amount, tax):
        return chosen
    if refund.amount == refund.payment.amount:
        return None
    order = refund.payment.order_payment.order
    return Parts([Line(text=f"Refund for {order}", price=refund.amount - tax, tax=tax)])


def parts_chosen(refund: Refund) -> Parts | None:
    """The pieces and the shipping that staff chose to give back; None when they chose none."""
    chosen = OrderRefund.objects.filter(refund=refund).prefetch_related("lines__line").first()
    pieces = list(chosen.lines.all()) if chosen else []
    if chosen is None or not (pieces or chosen.shipping_amount):
        return None
    taxes = split(chosen.tax_amount, [piece.line.price * piece.quantity for piece in pieces])
    shares = zip(pieces, taxes, strict=True)
    lines = [line_of(piece.line, piece.quantity, tax=tax) for piece, tax in shares]
    return Parts(lines, shipping=chosen.shipping_amount)


def tax_back(refund: Refund) -> Decimal:
    """The tax that the books took back with the refund, just before (see `orders.booking.book_refund`)."""
    booked = LedgerLine.objects.filter(entry__key=f"order-refunded:{refund.pk}", account=Account.SALES_TAX).first()
    return from_minor(booked.amount, refund.payment.currency) if booked else ZERO


def line_of(line: OrderLine, quantity: int, *, tax: Decimal) -> Line:
    """Some pieces of a line of the order."""
    return Line(text=line.product_name, detail=line.sku, price=line.price, quantity=quantity, tax=tax)
