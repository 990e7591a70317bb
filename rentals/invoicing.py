"""The invoices of rentals: one for each payment that was counted, and a credit note for what goes back of it."""

from typing import Any

from django.dispatch import receiver

from core.money import ZERO
from core.signals import refund_settled, rental_paid
from core.text import address_lines
from payments import invoices
from payments.bills import Bill, Line, Parts
from payments.models import Refund
from rentals.models import Installment, Rental, RentalPayment


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
    if RentalPayment.objects.filter(payment=refund.payment).exists():
        invoices.credit(refund=refund)


def lines_of(rental: Rental, link: RentalPayment) -> list[Line]:
    """The installment or the buyout, and the late fees that came with it."""
    detail = f"{rental.product_name}, {rental.sku}"
    price = Line(text=what_for(rental, link), detail=detail, price=link.payment.amount - link.fee_total)
    fees = Line(text="Late fees", price=link.fee_total)
    return [line for line in (price, fees) if line.amount != ZERO]


def what_for(rental: Rental, link: RentalPayment) -> str:
    """What the payment paid: "Payment 3 of 12", or the buyout."""
    paid = Installment.objects.filter(paid_with=link).first()
    return f"Payment {paid.number} of {rental.total_months}" if paid else "Early purchase"
