"""Refusals of selling."""

from core.errors import Conflict, DomainError, NotFound
from core.states import WrongStatus


class EventNotFound(NotFound):
    """No such event, or a draft of others."""

    message = "Event not found"


class OrderNotFound(NotFound):
    """No such order, or another user's."""

    message = "Order not found"


class SoldOut(Conflict):
    """There are not as many places."""

    code = "sold_out"
    message = "There are not enough tickets left."


class NotOnSale(Conflict):
    """The event, or the ticket type, is not sold at the moment."""

    code = "not_on_sale"
    message = "These tickets are not on sale."


class PlacesFree(Conflict):
    """Nobody needs to wait for these tickets, and a waiting list holds no place that can be bought."""

    code = "places_free"
    message = "There are enough tickets left: nobody needs to wait for them."


class LimitReached(Conflict):
    """One account has as much of it as it may have."""

    code = "limit_reached"


class VoucherUsedUp(Conflict):
    """All its uses are taken."""

    message = "voucher: it has been used as often as it can be."


class PaymentUnavailable(DomainError):
    """No gateway takes Naira here."""

    status = 503
    code = "payment_unavailable"
    message = "Tickets cannot be paid at the moment."


class NotCancellable(WrongStatus):
    """It was paid: it can only be refunded."""

    status = 409


class NotRefundable(WrongStatus):
    """The policy, a scan or another refund forbids it."""

    status = 409
