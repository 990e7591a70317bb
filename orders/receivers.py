"""What orders do when money moves. All of it runs inside the transaction that moved it."""

import logging
from typing import Any

from django.dispatch import receiver

from core.money import ZERO
from core.signals import payment_failed, payment_settled, refund_settled
from orders.models import Order, OrderPayment
from orders.placing import PAID_NOTE
from payments.models import Payment, Refund
from payments.refunds import request_full_refund

logger = logging.getLogger(__name__)


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
    if not order.can_be_paid:
        logger.warning("Payment %s came too late for order %s and is refunded.", payment.pk, order.pk)
        request_full_refund(payment=payment, reason=f"Order #{order.pk} could no longer be paid")
        return
    order.set_payment_status(Order.PaymentStatus.PAID)
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
    kept = sum((payment.amount - payment.refunded_amount for payment in order.payments().settled()), ZERO)
    if kept < order.total:
        order.set_payment_status(Order.PaymentStatus.PARTIALLY_REFUNDED if kept else Order.PaymentStatus.REFUNDED)
