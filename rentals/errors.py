"""Refusals of rentals."""

from core.errors import DomainError, NotFound


class RentalNotFound(NotFound):
    """No such rental that the user may see."""

    message = "Rental not found"


class ProductNotFound(NotFound):
    message = "Product not found"


class AddressNotFound(NotFound):
    """No such address of the user."""

    message = "Address not found"


class DocumentNotFound(NotFound):
    """The document has not been written (yet)."""

    message = "Document not found"


class NotRentable(DomainError):
    code = "not_rentable"
    message = "This product is not available for rent."


class UnknownTerm(DomainError):
    """The number of months is not one that the shop offers."""

    code = "unknown_term"


class WrongRentalStatus(DomainError):
    code = "wrong_status"


class NothingToPay(DomainError):
    code = "no_remaining_payments"
    message = "There are no remaining payments."


class NothingToRefund(DomainError):
    """It was never paid, or was given back already."""

    code = "nothing_to_refund"
    message = "This was given back already, or never paid."


class InvalidTransaction(DomainError):
    """Not a settled payment that this server made for this rental and purpose."""

    code = "invalid_transaction"
    message = "transaction_id: this is not a settled payment for this rental."


class TransactionUsed(DomainError):
    code = "transaction_used"
    message = "transaction_id: this payment was reported before."


class PaymentNotCounted(DomainError):
    """The money came when the rental could no longer have it; it goes back."""

    code = "payment_refunded"
    message = "The rental could no longer take this payment. The money goes back."


class StaleQuote(DomainError):
    """The buyout price that was paid is no longer the price; the money goes back."""

    code = "stale_quote"
