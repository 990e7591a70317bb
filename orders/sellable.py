"""How orders are sold: what counting, booking, billing, refunding and proving one means."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.dispatch import receiver

from core.money import ZERO, from_minor, split, to_minor
from core.signals import status_changed
from core.text import address_lines
from core.text.card_numbers import without_card_numbers
from orders import fulfilment
from orders.errors import OrderNotFound
from orders.models import Order, OrderLine, OrderPayment, OrderRefund
from orders.placing import PAID_NOTE
from orders.refunds.refunding import reopen_refunded_lines
from payments import sellables
from payments.disputes.evidence import customer_facts, history_facts
from payments.invoices.bills import Line, Parts
from payments.ledger import Account, balance, book, is_booked
from payments.ledger.clearing import amount_text
from payments.models import LedgerLine, Payment, Refund
from payments.models.ledger import AnyAccount
from payments.sellables import Sellable, sale

Status, PaymentStatus = Order.Status, Order.PaymentStatus


class OrderSale(Sellable[Order, OrderPayment]):
    """An order is paid at once; what was shipped before its money came is owed for."""

    thing, link = Order, OrderPayment

    def payment_for(self, user: Any, pk: int) -> Payment:
        order = Order.objects.visible_to(user).filter(pk=pk).first()
        if order is None:
            raise OrderNotFound
        return fulfilment.payment_intent_for(order=order)

    def take(self, order: Order, link: OrderPayment) -> bool:
        if not order.takes_money:
            return False
        order.set_payment_status(PaymentStatus.PAID)
        return True

    def counted(self, order: Order, link: OrderPayment) -> None:
        if order.status == Status.PENDING:
            order.move_to(Status.PROCESSING, note=PAID_NOTE)

    def declined(self, link: OrderPayment) -> None:
        order = self.locked(link.order_id)
        if order.payment_status == PaymentStatus.PENDING:
            order.set_payment_status(PaymentStatus.FAILED)

    def refunded(self, link: OrderPayment, refund: Refund) -> None:
        order = self.locked(link.order_id)
        kept = sum((payment.amount - payment.refunded_amount for payment in order.counted_payments()), ZERO)
        if kept < order.total:
            order.set_payment_status(PaymentStatus.PARTIALLY_REFUNDED if kept else PaymentStatus.REFUNDED)

    def refund_failed(self, link: OrderPayment, refund: Refund) -> None:
        self.locked(link.order_id)
        reopen_refunded_lines(refund=refund)

    def credits(self, order: Order, link: OrderPayment, parts: Parts) -> Mapping[AnyAccount, int]:
        if is_booked(f"order-on-account:{order.pk}"):
            return {Account.RECEIVABLES: -to_minor(link.payment.amount, order.currency)}
        return super().credits(order, link, parts)

    def tax_back(self, link: OrderPayment, refund: Refund) -> int:
        """What goes back last takes the rest of the tax along."""
        payment = refund.payment
        left = -balance(Account.SALES_TAX, currency=payment.currency, subject=link.order.holder)
        if payment.refunded_amount < payment.amount:
            made_of = OrderRefund.objects.filter(refund=refund).first()
            left = min(left, to_minor(made_of.tax_amount, payment.currency) if made_of else 0)
        return min(left, to_minor(refund.amount, payment.currency))

    def buyer(self, order: Order) -> list[str]:
        return address_lines(order.billing_address)

    def parts(self, order: Order, link: OrderPayment) -> Parts:
        """All that was bought; each line has its share of the tax, which is on the goods."""
        lines = list(order.lines.all())
        taxes = split(order.tax_total, [line.subtotal for line in lines])
        shares = zip(lines, taxes, strict=True)
        return Parts([line_of(line, line.quantity, tax=tax) for line, tax in shares], shipping=order.shipping_total)

    def parts_back(self, link: OrderPayment, refund: Refund) -> Parts | None:
        """That is the pieces and the shipping which staff chose, or one sum with its tax.

        One sum when they chose an amount, and when the rest of an order brings more tax than its last pieces, because
        an amount went back before without any.
        """
        tax = booked_tax_back(refund)
        chosen = parts_chosen(refund)
        if chosen and (chosen.total, chosen.tax) == (refund.amount, tax):
            return chosen
        if refund.amount == refund.payment.amount:
            return None
        return Parts([Line(text=f"Refund for {link.order}", price=refund.amount - tax, tax=tax)])

    def differences(self) -> Iterator[str]:
        """Orders that are paid with another sum than their price."""
        brought: Counter[int] = Counter()
        counted = OrderPayment.objects.filter(payment__status=Payment.Status.SUCCEEDED, counted_at__isnull=False)
        rows = counted.order_by("pk").values_list("order_id", "payment__amount", "payment__currency")
        for order_id, amount, currency in rows.iterator():
            brought[order_id] += to_minor(amount, currency)
        paid = Order.objects.exclude(payment_status__in=(PaymentStatus.PENDING, PaymentStatus.FAILED)).order_by("pk")
        for pk, total, currency in paid.values_list("pk", "total", "currency").iterator():
            if brought[pk] != to_minor(total, currency):
                money = amount_text(brought[pk], currency)
                yield f"order:{pk}: its price is {total} {currency}, it was paid with {money}"

    def facts(self, order: Order) -> dict[str, Any]:
        return {"order.json": order_facts(order), "delivery.json": delivery_facts(order)}


@receiver(status_changed, sender=Order)
def book_on_account(subject: Order, new: str, **_: Any) -> None:
    """Goods that leave the house before their money came are owed for."""
    if new == Status.SHIPPED and subject.is_unpaid:
        currency = subject.currency
        sold = sale(goods=subject.subtotal, tax=subject.tax_total, shipping=subject.shipping_total, currency=currency)
        book(
            key=f"order-on-account:{subject.pk}",
            kind="order_on_account",
            lines={Account.RECEIVABLES: to_minor(subject.total, currency), **sold},
            currency=currency,
            subject=subject.holder,
        )


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


def line_of(line: OrderLine, quantity: int, *, tax: Decimal) -> Line:
    """Some pieces of a line of the order."""
    return Line(text=line.product_name, detail=line.sku, price=line.price, quantity=quantity, tax=tax)


def booked_tax_back(refund: Refund) -> Decimal:
    """The tax that the books took back with the refund, just before (`OrderSale.tax_back`)."""
    booked = LedgerLine.objects.filter(entry__key=f"order-refunded:{refund.pk}", account=Account.SALES_TAX).first()
    return from_minor(booked.amount, refund.payment.currency) if booked else ZERO


def order_facts(order: Order) -> dict[str, Any]:
    """What was agreed, and what happened since."""
    return {
        "number": order.pk,
        "placed_at": order.order_date,
        "status": order.status,
        "payment_status": order.payment_status,
        "customer": customer_facts(order.user),
        "items": [
            {"product": line.product_name, "sku": line.sku, "price": line.price, "quantity": line.quantity}
            for line in order.lines.all()
        ],
        "goods": order.subtotal,
        "shipping": order.shipping_total,
        "tax": order.tax_total,
        "total": order.total,
        "currency": order.currency,
        "billing_address": order.billing_address,
        "notes": without_card_numbers(order.notes),
        "history": history_facts(order.status_history.select_related("actor")),
    }


def delivery_facts(order: Order) -> dict[str, Any]:
    """What was sent: which devices, with whom, where to and when."""
    reached = dict(order.status_history.order_by("-pk").values_list("status", "created_at"))
    return {
        "method": order.shipping_method,
        "carrier": order.carrier,
        "tracking_number": order.tracking_number,
        "address": order.shipping_address,
        "shipped_at": reached.get(Status.SHIPPED),
        "delivered_at": reached.get(Status.DELIVERED),
        "devices": {line.sku: line.serials for line in order.lines.all()},
    }


def register() -> None:
    """Let payments know how orders are sold."""
    sellables.register(OrderSale())
