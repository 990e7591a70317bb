"""What orders do when money moves. All of it runs inside the transaction that moved it."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from core.money import ZERO
from orders import invoicing
from orders.booking import book_payment
from orders.models import Order, OrderPayment
from orders.placing import PAID_NOTE
from orders.refunds import refunding
from payments.models import Payment, Refund
from payments.refunds.services import return_money
from payments.signals import payment_failed, payment_settled, refund_failed, refund_settled


def locked_order_of(payment: Payment) -> Order | None:
    """The order that this payment pays, locked; None when it pays something else."""
    # Two steps, since a locking join would lock the linking row too, against the order that cancelling has.
    order_id = OrderPayment.objects.filter(payment=payment).values_list("order_id", flat=True).first()
    return Order.objects.select_for_update().get(pk=order_id) if order_id else None


@receiver(payment_settled, sender=Payment)
def mark_paid(payment: Payment, **_: Any) -> None:
    """The order is paid and goes on by itself; money that it can no longer have goes back."""
    order = locked_order_of(payment)
    if order is None:
        return
    if not order.takes_money:
        return_money(payment=payment, reason=f"Order #{order.pk} could no longer be paid")
        return
    order.set_payment_status(Order.PaymentStatus.PAID)
    book_payment(order, payment)
    OrderPayment.objects.filter(payment=payment).update(counted_at=timezone.now())
    invoicing.invoice(order, payment)  # before the step, whose mail carries it
    if order.status == Order.Status.PENDING:
        order.move_to(Order.Status.PROCESSING, note=PAID_NOTE)


@receiver(payment_failed, sender=Payment)
def mark_failed(payment: Payment, **_: Any) -> None:
    """The card was declined; the customer may try again."""
    order = locked_order_of(payment)
    if order is not None and order.payment_status == Order.PaymentStatus.PENDING:
        order.set_payment_status(Order.PaymentStatus.FAILED)


@receiver(refund_settled, sender=Refund)
def mark_refunded(refund: Refund, **_: Any) -> None:
    """Money went back: all of it or a part; a payment that never counted leaves the order as it is."""
    order = locked_order_of(refund.payment)
    if order is None or order.is_unpaid:
        return
    kept = sum((payment.amount - payment.refunded_amount for payment in order.counted_payments()), ZERO)
    if kept < order.total:
        order.set_payment_status(Order.PaymentStatus.PARTIALLY_REFUNDED if kept else Order.PaymentStatus.REFUNDED)
    invoicing.credit(refund)


@receiver(refund_failed, sender=Refund)
def let_go(refund: Refund, **_: Any) -> None:
    """Nothing went back: the pieces that it was for can be refunded again."""
    order = locked_order_of(refund.payment)
    if order is not None:
        refunding.let_go(refund=refund)
