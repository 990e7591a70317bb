"""Refusals of orders."""

from core.errors import DomainError, NotFound


class OrderNotFound(NotFound):
    """No such order, or another user's."""

    message = "Order not found"


class ProductNotFound(NotFound):
    """No such product on sale."""

    message = "Product not found"


class AddressNotFound(NotFound):
    """No such address, or another user's."""

    message = "Address not found"


class UnknownShippingMethod(DomainError):
    """The shipping method does not exist or is not offered."""

    code = "unknown_shipping_method"
    message = "shipping_method: this shipping method is not offered."


class TooMany(DomainError):
    """More pieces of one product than an order may hold."""

    code = "quantity_too_large"


class TotalTooLarge(DomainError):
    """More money than an amount can hold."""

    code = "total_too_large"
    message = "items: the order's total is too large."


class NotPayable(DomainError):
    """The order takes no payment now."""

    code = "order_not_payable"


class NotCancellable(DomainError):
    """The order is on its way, or over."""

    code = "wrong_status"


class TooManyPieces(DomainError):
    """More pieces of a line than were bought and not refunded yet."""

    code = "too_many_pieces"


class ShippingRefunded(DomainError):
    """The shipping was given back before."""

    code = "shipping_refunded"
    message = "The shipping was given back already."


class NothingToRefund(DomainError):
    """What was chosen is worth nothing, or was given back with all the rest."""

    code = "nothing_to_refund"


class AlreadyRestocked(DomainError):
    """These pieces are on the shelf again already."""

    code = "already_restocked"
