"""Orders, as payments and its back office see them: something that was paid."""

from collections.abc import Collection
from functools import partial

from django.urls import reverse

from orders.evidence import evidence_of
from orders.models import Order, OrderPayment
from payments.subjects import Subject


def paid_orders(payment_ids: Collection[int]) -> dict[int, Subject]:
    """The orders that these payments pay, by the payment's id."""
    links = OrderPayment.objects.filter(payment__in=payment_ids).select_related("order")
    return {link.payment_id: subject(link.order) for link in links}


def subject(order: Order) -> Subject:
    """The order as something that was paid."""
    url = reverse("admin:orders_order_change", args=[order.pk])
    return Subject(str(order), f"order-{order.pk}", url, partial(evidence_of, order))
