"""What rentals book: deposits become rental income and late fees, and refunds take them back."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.dispatch import receiver

from core.money import to_minor
from payments.ledger import Account, book
from payments.ledger.checking import subjects_off
from payments.models import Payment, Refund
from payments.signals import refund_settled
from rentals.models import Rental, RentalPayment
from rentals.signals import rental_paid

INCOME = (Account.RENTAL_INCOME, Account.LATE_FEES)


@receiver(rental_paid, sender=RentalPayment)
def book_payment(rental: Rental, link: RentalPayment, **_: Any) -> None:
    """The payment is the rental's: what it pays of the price, and of late fees."""
    payment = link.payment
    amount, fees = (to_minor(part, payment.currency) for part in (payment.amount, link.fee_total))
    book(
        key=f"rental-paid:{payment.pk}",
        kind="rental_paid",
        lines={Account.DEPOSITS: amount, Account.RENTAL_INCOME: fees - amount, Account.LATE_FEES: -fees},
        currency=payment.currency,
        subject=rental.holder,
        payment=payment,
    )


@receiver(refund_settled, sender=Refund)
def book_refund(refund: Refund, **_: Any) -> None:
    """Money that was counted went back; money that never was went back as the deposit that it was."""
    link = RentalPayment.objects.filter(payment=refund.payment, counted_at__isnull=False).first()
    if link is None:
        return
    amount = to_minor(refund.amount, refund.payment.currency)
    book(
        key=f"rental-refunded:{refund.pk}",
        kind="rental_refunded",
        lines={Account.REFUNDS: amount, Account.DEPOSITS: -amount},
        currency=refund.payment.currency,
        subject=f"rental:{link.rental_id}",
        payment=refund.payment,
        memo=refund.reason,
    )


def differences() -> Iterator[str]:
    """Rentals whose books say something else than their payments kept."""
    kept: Counter[tuple[str, str]] = Counter()
    counted = Payment.objects.settled().filter(rental_payment__counted_at__isnull=False).order_by("pk")
    rows = counted.values_list("rental_payment__rental_id", "amount", "refunded_amount", "currency")
    for rental_id, amount, refunded, currency in rows.iterator():
        kept[f"rental:{rental_id}", currency] += to_minor(amount - refunded, currency)
    yield from subjects_off("rental:", (*INCOME, Account.REFUNDS), kept)
