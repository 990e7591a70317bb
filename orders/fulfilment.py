"""What happens to an order after it was placed: paying, shipping, cancelling, expiring."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from catalog import devices, stock
from core.db import transactional
from core.errors import DomainError
from core.idempotency import first_time
from orders.errors import NotCancellable, NotPayable
from orders.models import Order, OrderPayment
from payments import services as payments
from payments.gateways import preferred
from payments.models import Payment, Refund
from payments.refunds import services as refunds

logger = logging.getLogger(__name__)
Status = Order.Status


def payment_intent_for(*, order: Order) -> Payment:
    """The payment to make for `order`, with its intent at the gateway; the same one until it is settled.

    Raises NotPayable, GatewayUnavailable, GatewayRefused.
    """
    return payments.ensure_intent(payment=open_payment_for(order_id=order.pk))


@transactional
def open_payment_for(*, order_id: int) -> Payment:
    """The order's one open payment, made now when there is none. Raises NotPayable."""
    order = Order.objects.select_for_update().get(pk=order_id)
    if not order.can_be_paid:
        raise NotPayable(f"The order cannot be paid: it is {order.status} and its payment is {order.payment_status}.")
    gateway = preferred(currency=order.currency)
    payment = order.payments().open().filter(gateway=gateway).first()
    if payment is None:
        payment = payments.open_payment(user=order.user, amount=order.total, currency=order.currency, gateway=gateway)
        OrderPayment.objects.create(order=order, payment=payment)
    return payment


def cancel_order(*, order: Order, by: Any = None, note: str = "Order cancelled", only_unpaid: bool = False) -> None:
    """Cancel, give the stock back, send back what was paid. Raises NotCancellable, also when it was cancelled.

    With `only_unpaid`, an order that was paid or taken on in the meantime is not cancelled. The refund is tried
    at once; when the gateway is away the worker goes on.
    """
    for refund in write_cancellation(order=order, by=by, note=note, only_unpaid=only_unpaid):
        refunds.send_refund_soon(refund=refund)
    order.close_intents()
    order.refresh_from_db()


@transactional
def write_cancellation(*, order: Order, by: Any, note: str, only_unpaid: bool = False) -> list[Refund]:
    """The part of cancelling that is all in the database; the refunds that are owed now."""
    order.lock_with_payments()
    if not first_time(f"cancel order {order.pk}"):
        return []  # what is owed was written down then, and the worker sends it
    if not order.can_move_to(Status.CANCELLED) or (only_unpaid and not order.waits_for_money):
        raise NotCancellable(f"Order cannot be cancelled: it is {order.status}.")
    order.move_to(Status.CANCELLED, by=by, note=note)
    stock.give_back(order.quantities(), holder=order.holder, by=by, reason=note)
    return order.request_full_refunds(reason=f"Order #{order.pk} was cancelled")


def record_payment_by_hand(*, order: Order, by: User, reason: str) -> None:
    """Staff took the order's whole price by hand: it is paid. Raises NotPayable, InvalidInput without a reason."""
    write_payment_by_hand(order=order, by=by, reason=reason)
    order.close_intents()
    order.refresh_from_db()


@transactional
def write_payment_by_hand(*, order: Order, by: User, reason: str) -> None:
    """The part of it that is all in the database."""
    order.lock()
    if not order.takes_money:
        raise NotPayable(f"Nothing is owed: the order is {order.status} and its payment is {order.payment_status}.")
    order.record_by_hand(amount=order.total, reason=reason, by=by)


def change_status(
    *,
    order: Order,
    status: str,
    by: User,
    note: str = "",
    tracking_number: str = "",
    carrier: str = "",
    serials: Sequence[str] | None = None,
) -> bool:
    """Staff's step: to `status`, with the carrier's number when it ships. False when it is there already.

    `serials` are the devices in the parcel, one for each piece that has one; None: those that were reserved.
    Raises WrongStatus or NotCancellable for a step that does not exist, and what `devices.hand_over_all` raises.
    """
    if status == Status.CANCELLED and order.status != status:
        cancel_order(order=order, by=by, note=note or "Order cancelled")
        return True
    parcel = {"tracking_number": tracking_number, "carrier": carrier}
    return advance(order=order, status=status, by=by, note=note, parcel=parcel, serials=serials)


@transactional
def advance(
    *, order: Order, status: str, by: User, note: str, parcel: Mapping[str, str], serials: Sequence[str] | None
) -> bool:
    """The step itself. The parcel and its devices are written first, for the mail tells of them; a refused step
    undoes them."""
    if order.lock().status == status:
        return False
    order.tracking_number = parcel["tracking_number"] or order.tracking_number
    order.carrier = parcel["carrier"] or order.carrier
    order.save(update_fields=["tracking_number", "carrier", "updated_at"])
    if status == Status.SHIPPED and order.can_move_to(status):
        ship_devices(order=order, serials=serials, by=by)
    return order.move_to(status, by=by, note=note)


def ship_devices(*, order: Order, serials: Sequence[str] | None, by: User) -> None:
    """Sell the devices with these serials, or the reserved ones, and note them on the order's lines.

    The caller holds the order's lock. Raises what `devices.hand_over_all` raises.
    """
    sold: dict[int, list[str]] = defaultdict(list)
    for device in devices.hand_over_all(holder=order.holder, state="sold", serials=serials, by=by):
        sold[device.product_id].append(device.serial)
    for line in order.lines.all():
        if line.product_id in sold:
            line.serials = sold[line.product_id]
            line.save(update_fields=["serials"])


def expire_orders(*, now: datetime | None = None) -> int:
    """Cancel the unpaid orders whose hold on the stock is over; how many were."""
    moment = now or timezone.now()
    before = moment - timedelta(minutes=settings.ORDER_HOLD_MINUTES)
    return sum(expire(order) for order in list(Order.objects.expired(placed_before=before).order_by("pk")))


def expire(order: Order) -> bool:
    """Cancel one order unless it was paid in the meantime."""
    if not still_unpaid(order):
        return False
    note = f"Not paid within {settings.ORDER_HOLD_MINUTES} minutes"
    try:
        cancel_order(order=order, note=note, only_unpaid=True)
    except NotCancellable:
        return False
    return True


def still_unpaid(order: Order) -> bool:
    """Ask the gateway about open intents first: money whose webhook event is still to come saves the order."""
    for payment in order.payments().open().exclude(intent_id=None):
        try:
            closed = payments.cancel_intent(payment=payment)
        except DomainError as error:
            logger.warning("Order %s is not expired: its payment is unclear: %s", order.pk, error.message)
            return False
        if closed.is_open:
            return False  # the gateway would not cancel it: money is on its way
    order.refresh_from_db()
    return order.is_unpaid
