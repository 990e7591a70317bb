"""Orders, as payments and its back office see them: something that was paid."""

from functools import partial

from django.urls import reverse

from orders.evidence import evidence_of
from orders.models import Order
from payments.models import Payment
from payments.subjects import Subject


def subject_of(payment: Payment) -> Subject | None:
    """The order that this payment pays; None when it pays something else."""
    order = Order.objects.filter(order_payments__payment=payment).first()
    if order is None:
        return None
    url = reverse("admin:orders_order_change", args=[order.pk])
    return Subject(str(order), f"order-{order.pk}", url, partial(evidence_of, order))
