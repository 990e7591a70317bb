"""Mails about an order."""

from typing import Any

from django.dispatch import receiver

from core.signals import status_changed
from notifications import contexts
from notifications.formatting import money
from notifications.outbox import queue
from orders.models import Order, OrderStatusChange


@receiver(status_changed, sender=Order)
def tell_customer(*, subject: Order, change: OrderStatusChange, old: str | None, **_: Any) -> None:
    """Owe the customer the mail about this change."""
    kind, context = mail_about(order=subject, change=change, old=old)
    queue(
        kind=kind,
        event=f"order-status:{change.pk}",
        recipient=subject.user.email,
        user=subject.user,
        context={**contexts.order(subject), **context},
    )


def mail_about(*, order: Order, change: OrderStatusChange, old: str | None) -> tuple[str, dict[str, Any]]:
    """The kind of mail that fits the change, and what it has to tell."""
    if old is None:
        return "order_confirmation", confirmation(order)
    if change.status == Order.Status.SHIPPED:
        return "order_shipped", shipment(order)
    label = Order.Status(change.status).label
    return "order_status", {"status": change.status, "label": label, "note": change.notes}


def confirmation(order: Order) -> dict[str, Any]:
    """What was bought, for how much, and where it goes."""
    return {
        "lines": contexts.lines(order),
        "amounts": contexts.amounts(order),
        "total": money(order.total, order.currency),
        **contexts.delivery(order),
    }


def shipment(order: Order) -> dict[str, Any]:
    """What is on its way, where it goes, and how to follow it."""
    return {
        "lines": contexts.lines(order),
        "carrier": order.carrier,
        "tracking_number": order.tracking_number,
        **contexts.delivery(order),
    }
