"""Completing an order whose money arrived, in time or late. Runs inside the transaction that settles its payment."""

from django.db import transaction
from django.utils import timezone

from events.gate.issuing import issue_tickets
from events.models import Event, TicketOrder
from events.selling import places, vouchers
from events.selling.errors import SoldOut, VoucherUsedUp
from events.selling.expiring import let_go, let_go_over

Status = TicketOrder.Status
CLOSED = "The event was cancelled, or is over"


def complete(order: TicketOrder) -> bool:
    """Complete the order, with its tickets; False when it can have none any more, and its money goes back.

    The caller holds the locks of the payment and the order.
    """
    takes_place = Event.objects.published().filter(pk=order.event_id, ends_at__gt=timezone.now()).exists()
    if order.status == Status.PENDING and not takes_place:
        let_go(order, status=Status.CANCELLED, note=CLOSED)
    if not takes_place or not has_places(order):
        return False
    issue_tickets(order=order)
    order.move_to(Status.COMPLETED, note="Payment confirmed")
    return True


def has_places(order: TicketOrder) -> bool:
    """Whether it holds its places; one that was let go tries to have them again."""
    return order.status == Status.PENDING or (
        order.status in (Status.EXPIRED, Status.CANCELLED) and takes_places_again(order)
    )


def takes_places_again(order: TicketOrder) -> bool:
    """Take the places of an order that was let go, and a use of its voucher; False when there are none."""
    wanted = order.quantities()
    if places.are_short(wanted):
        let_go_over(event_id=order.event_id)
    try:
        with transaction.atomic():
            vouchers.use(order.voucher_id)
            places.take(wanted)
    except (SoldOut, VoucherUsedUp):
        return False
    return True
