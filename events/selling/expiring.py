"""Letting unpaid orders go: their places, and their voucher, are free for the next buyer."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from core.db import transactional
from events.models import TicketOrder
from events.selling import places, vouchers
from events.selling.errors import NotCancellable
from payments.services import cancel_here

Status = TicketOrder.Status


def expire_orders(*, now: datetime | None = None) -> int:
    """Let go every unpaid order whose hold is over; how many were.

    The gateway is not asked: money that comes later takes places again, or goes back.
    """
    due = TicketOrder.objects.expired(now=now or timezone.now()).order_by("pk")
    return sum(release(order) for order in list(due))


def let_go_over(*, event_id: int) -> bool:
    """Let go the event's holds that are over; whether there were any, which another buyer may have let go first."""
    over = list(TicketOrder.objects.expired(now=timezone.now()).filter(event=event_id).order_by("pk"))
    for order in over:
        release(order)
    return bool(over)


@transactional
def release(
    order: TicketOrder, *, status: str = Status.EXPIRED, by: Any = None, note: str = "Not paid in time"
) -> bool:
    """Let an unpaid order go, whether its hold is over or not; False when it is not pending any more."""
    order.lock_with_payments()
    if order.status != Status.PENDING:
        return False
    let_go(order, status=status, by=by, note=note)
    return True


def let_go(order: TicketOrder, *, status: str, by: Any = None, note: str) -> None:
    """The part of it that writes; the caller holds the locks of the order and its payments."""
    for payment in order.payments().open():
        cancel_here(payment_id=payment.pk)
    order.move_to(status, by=by, note=note)
    vouchers.give_back(order.voucher_id)
    places.give_back(order.quantities())


def cancel_order(*, order: TicketOrder, by: Any, note: str = "Cancelled by the buyer") -> None:
    """The buyer does not want it any more; nothing happens when it was let go before. Raises NotCancellable."""
    if not release(order, status=Status.CANCELLED, by=by, note=note) and order.status in (
        Status.COMPLETED,
        Status.REFUNDED,
    ):
        raise NotCancellable(f"The order cannot be cancelled: it is {order.status}.")
