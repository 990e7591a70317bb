"""What orders book: deposits become sales, and refunds take them back."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.dispatch import receiver

from core.money import to_minor
from core.signals import status_changed
from orders.models import Order, OrderRefund
from payments.ledger import Account, balance, book, is_booked
from payments.ledger.checking import subjects_off
from payments.ledger.clearing import said
from payments.models import Payment, Refund
from payments.signals import refund_settled

INCOME = (Account.SALES, Account.SALES_TAX, Account.SHIPPING)


def subject_of(order: Order) -> str:
    """What the ledger calls an order."""
    return f"order:{order.pk}"


def sale_of(order: Order) -> dict[Account, int]:
    """The credits of a sale."""
    parts = {
        Account.SALES: order.subtotal,
        Account.SALES_TAX: order.tax_total,
        Account.SHIPPING: order.shipping_total,
    }
    return {account: -to_minor(amount, order.currency) for account, amount in parts.items()}


def book_payment(order: Order, payment: Payment) -> None:
    """The payment is the order's: a sale, or what was owed for one that went out before."""
    amount = to_minor(payment.amount, payment.currency)
    on_account = is_booked(f"order-on-account:{order.pk}")
    book(
        key=f"order-paid:{payment.pk}",
        kind="order_paid",
        lines={Account.DEPOSITS: amount, **({Account.RECEIVABLES: -amount} if on_account else sale_of(order))},
        currency=order.currency,
        subject=subject_of(order),
        payment=payment,
    )


@receiver(status_changed, sender=Order)
def book_on_account(subject: Order, new: str, **_: Any) -> None:
    """Goods that leave the house before their money came are owed for."""
    if new == Order.Status.SHIPPED and subject.is_unpaid:
        book(
            key=f"order-on-account:{subject.pk}",
            kind="order_on_account",
            lines={Account.RECEIVABLES: to_minor(subject.total, subject.currency), **sale_of(subject)},
            currency=subject.currency,
            subject=subject_of(subject),
        )


@receiver(refund_settled, sender=Refund)
def book_refund(refund: Refund, **_: Any) -> None:
    """Money of a sale went back, with its tax; money that never was one went back as the deposit that it was."""
    payment = refund.payment
    if not is_booked(f"order-paid:{payment.pk}"):
        return
    subject = f"order:{payment.order_payment.order_id}"
    amount = to_minor(refund.amount, payment.currency)
    tax = tax_in(refund, subject=subject)
    book(
        key=f"order-refunded:{refund.pk}",
        kind="order_refunded",
        lines={Account.REFUNDS: amount - tax, Account.SALES_TAX: tax, Account.DEPOSITS: -amount},
        currency=payment.currency,
        subject=subject,
        payment=payment,
        memo=refund.reason,
    )


def tax_in(refund: Refund, *, subject: str) -> int:
    """How much tax is not owed any more once this went back; what goes back last takes the rest of the tax along."""
    payment = refund.payment
    left = -balance(Account.SALES_TAX, currency=payment.currency, subject=subject)
    if payment.refunded_amount < payment.amount:
        parts = OrderRefund.objects.filter(refund=refund).first()
        left = min(left, to_minor(parts.tax_amount, payment.currency) if parts else 0)
    return min(left, to_minor(refund.amount, payment.currency))


def differences() -> Iterator[str]:
    """Orders whose books say something else than their payments kept, and those that are paid with another sum."""
    kept: Counter[tuple[str, str]] = Counter()
    brought: Counter[int] = Counter()
    counted = Payment.objects.settled().filter(order_payment__counted_at__isnull=False).order_by("pk")
    rows = counted.values_list("order_payment__order_id", "amount", "refunded_amount", "currency")
    for order_id, amount, refunded, currency in rows.iterator():
        kept[f"order:{order_id}", currency] += to_minor(amount - refunded, currency)
        brought[order_id] += to_minor(amount, currency)
    unpaid = (Order.PaymentStatus.PENDING, Order.PaymentStatus.FAILED)
    paid = Order.objects.exclude(payment_status__in=unpaid).order_by("pk").values_list("pk", "total", "currency")
    for pk, total, currency in paid.iterator():
        if brought[pk] != to_minor(total, currency):
            yield f"order:{pk}: its price is {total} {currency}, it was paid with {said(brought[pk], currency)}"
    yield from subjects_off("order:", (*INCOME, Account.REFUNDS, Account.RECEIVABLES), kept)
