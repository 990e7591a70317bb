"""A transaction id from a client is a claim: the gateway confirms it, and each payment is reported once."""

from django.utils import timezone

from core.db import transactional
from core.idempotency import first_time
from payments import services as payments
from payments.gateways.base import GatewayRefused
from payments.models import Payment
from rentals.errors import InvalidTransaction, NothingToPay, PaymentNotCounted, StaleQuote, TransactionUsed
from rentals.models import Rental, RentalPayment
from rentals.money.pricing import buyout_quote
from rentals.money.settling import complete, locked_rental

Purpose = RentalPayment.Purpose
FREE_NOTE = "Bought out early; nothing was left to pay"


def make_payment(*, rental: Rental, transaction_id: str, key: str = "") -> RentalPayment:
    """Report an installment's payment, which a webhook may have settled before.

    `key` is the digest of the request's Idempotency-Key: the same request may come again. Raises
    NothingToPay, InvalidTransaction, NotSettled, PaymentNotCounted, TransactionUsed.
    """
    link = claimed(rental, transaction_id, purpose=Purpose.INSTALLMENT)
    if link is None:
        raise InvalidTransaction if has_open_installment(rental) else NothingToPay
    return report(link, key=key)


def buy_out(*, rental: Rental, transaction_id: str | None, key: str = "") -> RentalPayment | None:
    """Report a buyout's payment; None when it cost nothing. `key` is as in `make_payment`.

    Raises WrongRentalStatus, InvalidTransaction, NotSettled, StaleQuote, PaymentNotCounted, TransactionUsed.
    """
    if transaction_id is None:
        buy_out_free(rental_id=rental.pk)
        return None
    link = claimed(rental, transaction_id, purpose=Purpose.BUYOUT)
    if link is None:
        buyout_quote(with_current_schedule(rental), now=timezone.now())
        raise InvalidTransaction
    return report(link, key=key)


@transactional
def buy_out_free(*, rental_id: int) -> None:
    """Complete a rental whose formula leaves nothing to pay. Raises WrongRentalStatus, InvalidTransaction."""
    rental = locked_rental(rental_id)
    if not first_time(f"buy out rental {rental_id}"):
        return
    if buyout_quote(rental, now=timezone.now()).total:
        raise InvalidTransaction("transaction_id: required, since there is something to pay.")
    complete(rental, note=FREE_NOTE, by=rental.user)


def with_current_schedule(rental: Rental) -> Rental:
    return Rental.objects.with_schedule().get(pk=rental.pk)


def has_open_installment(rental: Rental) -> bool:
    return not rental.is_over and bool(with_current_schedule(rental).open_installments)


def claimed(rental: Rental, transaction_id: str, *, purpose: str) -> RentalPayment | None:
    """This rental's payment of that purpose with this intent or charge, settled; None when there is none."""
    links = list(rental.rental_payments.filter(purpose=purpose).select_related("payment").order_by("-pk"))
    for link in links:
        # Compared here: the database's collation may ignore case.
        if transaction_id in (link.payment.intent_id, link.payment.charge_id):
            payments.confirm(payment=link.payment)
            return link
    for link in links:
        if link.payment.is_open and link.payment.intent_id and charge_id_at_gateway(link.payment) == transaction_id:
            return link
    return None


def charge_id_at_gateway(payment: Payment) -> str:
    """The id of the charge at the gateway, for a payment that has none here yet; settles it on the way."""
    try:
        return payments.confirm(payment=payment).charge_id
    except (payments.NotSettled, GatewayRefused):
        return ""


def report(link: RentalPayment, *, key: str) -> RentalPayment:
    """Report a settled payment, once, or again with the `key` that reported it first.

    Raises PaymentNotCounted, StaleQuote, InvalidTransaction, TransactionUsed.
    """
    link = RentalPayment.objects.select_related("payment", "rental").get(pk=link.pk)
    if link.counted_at is None:
        raise refusal_of(link)
    # What goes back of a late fee that was waived in the meantime leaves the installment paid.
    if link.payment.refundable < link.payment.amount - link.fee_total:
        raise InvalidTransaction("transaction_id: this payment was refunded.")
    this = RentalPayment.objects.filter(pk=link.pk)
    reported_now = this.filter(reported_at=None).update(reported_at=timezone.now(), reported_key=key)
    if not reported_now and not (key and this.filter(reported_key=key).exists()):
        raise TransactionUsed
    return link


def refusal_of(link: RentalPayment) -> PaymentNotCounted | StaleQuote:
    """Why the money of a settled payment was not counted; for a buyout with today's price."""
    if link.purpose != Purpose.BUYOUT or link.rental.status != Rental.Status.ACTIVE:
        return PaymentNotCounted()
    quote = buyout_quote(with_current_schedule(link.rental), now=timezone.now())
    return StaleQuote(f"The buyout price has changed to {quote.total} {link.rental.currency}. The money goes back.")
