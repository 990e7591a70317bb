"""How rentals are sold: what counting, booking, billing, refunding and proving one means."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from core.money import ZERO, to_minor
from core.text import address_lines
from payments import sellables
from payments.invoices.bills import Line, Parts
from payments.models import Payment, Refund
from payments.models.ledger import AnyAccount
from payments.sellables import Sellable
from rentals.autopay import consents
from rentals.contracts import evidence
from rentals.errors import RentalNotFound
from rentals.models import Installment, LateFee, Rental, RentalPayment
from rentals.money.paying import payment_intent_for
from rentals.money.settling import buy_out, locked_rental, pay_installment
from rentals.signals import rental_paid

Purpose = RentalPayment.Purpose


class RentalAccount(models.TextChoices):
    """What rentals earn."""

    RENTAL_INCOME = "rental_income", "Rental income"
    LATE_FEES = "late_fees", "Late fees"


class RentalSale(Sellable[Rental, RentalPayment]):
    """A rental is paid by installments, each with the late fees that are open by then, or bought out."""

    thing, link = Rental, RentalPayment
    accounts = (RentalAccount.RENTAL_INCOME, RentalAccount.LATE_FEES)
    refusal = "{} could no longer take this payment"

    def payment_for(self, user: Any, pk: int) -> Payment:
        """The next installment's."""
        rental = Rental.objects.visible_to(user).filter(pk=pk).first()
        if rental is None:
            raise RentalNotFound
        return payment_intent_for(rental=rental, purpose=Purpose.INSTALLMENT)

    def locked(self, pk: int) -> Rental:
        return locked_rental(pk)

    def take(self, rental: Rental, link: RentalPayment) -> bool:
        return buy_out(rental, link) if link.purpose == Purpose.BUYOUT else pay_installment(rental, link)

    def counted(self, rental: Rental, link: RentalPayment) -> None:
        rental_paid.send(sender=RentalPayment, rental=rental, link=link)

    def refund_failed(self, link: RentalPayment, refund: Refund) -> None:
        LateFee.objects.filter(refund=refund).update(refund=None)

    def disputed(self, link: RentalPayment) -> None:
        """Whoever disputes a payment is not charged for the rental again, unless they turn autopay on anew."""
        consents.turn_off(rental=link.rental)

    def credits(self, rental: Rental, link: RentalPayment, parts: Parts) -> Mapping[AnyAccount, int]:
        amount, fees = (to_minor(part, rental.currency) for part in (link.payment.amount, link.fee_total))
        return {RentalAccount.RENTAL_INCOME: fees - amount, RentalAccount.LATE_FEES: -fees}

    def buyer(self, rental: Rental) -> list[str]:
        return address_lines(rental.address)

    def parts(self, rental: Rental, link: RentalPayment) -> Parts:
        """The installment or the buyout, and the late fees that came with it."""
        price = Line(text=what_for(link), detail=described(rental), price=link.payment.amount - link.fee_total)
        fees = Line(text="Late fees", price=link.fee_total)
        return Parts([line for line in (price, fees) if line.amount != ZERO])

    def parts_back(self, link: RentalPayment, refund: Refund) -> Parts | None:
        """The late fee or the price that staff gave back; None for all of it at once, and for what was not chosen."""
        if refund.asked_by_id is None or refund.amount == refund.payment.amount:
            return None
        fee = LateFee.objects.filter(refund=refund).select_related("installment").first()
        text = f"Late fee for payment {fee.installment.number}" if fee else what_for(link)
        return Parts([Line(text=f"Refund: {text}", detail=described(link.rental), price=refund.amount)])

    def facts(self, rental: Rental) -> dict[str, Any]:
        return {
            "rental.json": evidence.rental_facts(rental),
            "delivery.json": evidence.delivery_facts(rental),
            "autopay.json": evidence.consents_facts(rental),
        }

    def payment_facts(self, link: RentalPayment) -> dict[str, Any]:
        return {"purpose": link.purpose, "counted_at": link.counted_at}

    def files(self, rental: Rental) -> dict[str, bytes]:
        return evidence.contract_files(rental.contract)


def described(rental: Rental) -> str:
    """Which device it is."""
    return f"{rental.product_name}, {rental.sku}"


def what_for(link: RentalPayment) -> str:
    """What the payment paid: "Payment 3 of 12", or the buyout."""
    paid = Installment.objects.filter(paid_with=link).first()
    return f"Payment {paid.number} of {link.rental.total_months}" if paid else "Early purchase"


def register() -> None:
    """Let payments know how rentals are sold."""
    sellables.register(RentalSale())
