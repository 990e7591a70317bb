"""The invoices of rentals: one for each payment that was counted, and a credit note for what goes back of it."""

from typing import Any

from django.dispatch import receiver

from core.money import ZERO
from core.text import address_lines
from payments.invoices import services as invoices
from payments.invoices.bills import Bill, Line, Parts
from payments.models import Refund
from payments.signals import refund_settled
from rentals.models import Installment, LateFee, Rental, RentalPayment
from rentals.signals import rental_paid


@receiver(rental_paid, sender=RentalPayment)
def invoice(rental: Rental, link: RentalPayment, **_: Any) -> None:
    """Write the invoice, after all else that counting the payment locks."""
    buyer, *address = address_lines(rental.address)
    bill = Bill(
        subject=rental.holder, title=str(rental), buyer=buyer, address=address, parts=Parts(lines_of(rental, link))
    )
    invoices.issue(payment=link.payment, bill=bill)


@receiver(refund_settled, sender=Refund)
def credit(refund: Refund, **_: Any) -> None:
    """Write the credit note of money that was counted for a rental."""
    link = RentalPayment.objects.filter(payment=refund.payment).select_related("rental").first()
    if link is not None:
        invoices.credit(refund=refund, parts=parts_given_back(refund, link))


def parts_given_back(refund: Refund, link: RentalPayment) -> Parts | None:
    """The late fee or the price that staff gave back; None for all of it at once, and for what nobody chose."""
    if refund.asked_by_id is None or refund.amount == refund.payment.amount:
        return None
    fee = LateFee.objects.filter(refund=refund).select_related("installment").first()
    text = fee_of(fee) if fee else what_for(link.rental, link)
    return Parts([Line(text=f"Refund: {text}", detail=described(link.rental), price=refund.amount)])


def lines_of(rental: Rental, link: RentalPayment) -> list[Line]:
    """The installment or the buyout, and the late fees that came with it."""
    price = Line(text=what_for(rental, link), detail=described(rental), price=link.payment.amount - link.fee_total)
    fees = Line(text="Late fees", price=link.fee_total)
    return [line for line in (price, fees) if line.amount != ZERO]


def described(rental: Rental) -> str:
    """Which device it is."""
    return f"{rental.product_name}, {rental.sku}"


def fee_of(fee: LateFee) -> str:
    """Which late fee it is: "Late fee for payment 2"."""
    return f"Late fee for payment {fee.installment.number}"


def what_for(rental: Rental, link: RentalPayment) -> str:
    """What the payment paid: "Payment 3 of 12", or the buyout."""
    paid = Installment.objects.filter(paid_with=link).first()
    return f"Payment {paid.number} of {rental.total_months}" if paid else "Early purchase"
