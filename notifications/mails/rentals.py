"""Mails about a rental: its contract, its parcel, its receipts."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypedDict

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy

from core.money import ZERO
from core.text import address_lines
from notifications.mails.base import Group, Mail, StepMail, Values
from notifications.mails.parts import (
    ADDRESS,
    PRODUCT,
    SERIAL,
    SIGNED_CONTRACT,
    Parcel,
    at,
    document_attachments,
    number_of,
    page,
    parcel,
    usd,
)
from notifications.mails.wording import amount_or_blank, day, localized_money, moment
from notifications.models import Email
from payments.models import Invoice, Refund
from rentals.contracts.services import record_copy_sent
from rentals.models import Contract, Rental, RentalPayment, RentalStatusChange
from rentals.money.pricing import receipt_of
from rentals.signals import rental_paid, rental_shipped

RENTALS = Group("rentals", gettext_lazy("Your rentals"))


class RentalFacts(TypedDict):
    """Which rental, and where to see it."""

    rental_id: int
    rental_url: str
    product: str


class Terms(TypedDict):
    monthly_rate: str
    months: int
    total: str
    cash_price: str


class NextPayment(TypedDict):
    """What is to pay next, with open late fees, and on which day; "" when nothing is."""

    next_amount: str
    next_date: str


def rental_facts(rental_id: int, product: str) -> RentalFacts:
    return {"rental_id": rental_id, "rental_url": page(f"rentals/{rental_id}"), "product": product}


def terms(rental: Rental) -> Terms:
    return {
        "monthly_rate": localized_money(rental.monthly_rate, rental.currency),
        "months": rental.total_months,
        "total": localized_money(rental.total_amount, rental.currency),
        "cash_price": localized_money(rental.cash_price, rental.currency),
    }


def next_payment(rental: Rental) -> NextPayment:
    following = None if rental.is_over else rental.next_installment
    if following is None:
        return {"next_amount": "", "next_date": ""}
    amount = following.amount + rental.late_fees_due
    return {"next_amount": localized_money(amount, rental.currency), "next_date": day(following.due_date)}


def pay_url(rental_id: int) -> str:
    return page(f"rentals/{rental_id}/pay")


def serial_of(rental: Rental) -> str:
    """The very device; "" while none is set aside."""
    return rental.device.serial if rental.device else ""


def with_details(rental: Rental) -> Rental:
    """The rental as the database has it now: what a signal brings may hold a schedule from before."""
    return Rental.objects.with_schedule().select_related("user", "device").get(pk=rental.pk)


def example_facts() -> RentalFacts:
    return rental_facts(7, PRODUCT)


def example_terms() -> Terms:
    return {"monthly_rate": usd("49.99"), "months": 12, "total": usd("599.88"), "cash_price": usd("599.99")}


def example_next_payment() -> NextPayment:
    return {"next_amount": usd("49.99"), "next_date": day(date(2027, 6, 1))}


class RentalMail(Mail):
    group = RENTALS
    notice_link = "rental_url"

    def __init__(self, rental: Rental, *, event: str) -> None:
        self.rental, self.user, self.event = rental, rental.user, event
        self.facts = rental_facts(rental.pk, rental.product_name)


class RentalStepMail(StepMail, RentalMail):
    """The rental reached `status`."""

    sender = Rental

    def __init__(self, *, subject: Rental, change: RentalStatusChange, **_: Any) -> None:
        super().__init__(with_details(subject), event=f"rental-status:{change.pk}")
        self.change = change


class RentalContract(RentalStepMail):
    """A contract that waits for its signature."""

    kind = "rental_contract"
    required = True
    status = Rental.Status.PENDING

    class Context(RentalFacts, Terms):
        held_until: str

    def context(self) -> Context:
        until = self.rental.created_at + timedelta(hours=settings.RENTAL_SIGN_HOURS)
        return {**self.facts, **terms(self.rental), "held_until": moment(until)}

    @classmethod
    def example(cls) -> Context:
        return {**example_facts(), **example_terms(), "held_until": moment(at(4))}


class RentalSigned(RentalStepMail):
    """The contract was signed; with the signed copy."""

    kind = "rental_signed"
    required = True
    notice_link = "pay_url"
    has_follow_up = True
    status = Rental.Status.ACTIVE

    class Context(RentalFacts, Terms, NextPayment):
        signed_at: str
        pay_url: str

    def __init__(self, **cause: Any) -> None:
        super().__init__(**cause)
        self.attachments = [SIGNED_CONTRACT.reference(self.rental.pk)]

    def context(self) -> Context:
        rental = self.rental
        return {
            **self.facts,
            **terms(rental),
            **next_payment(rental),
            "signed_at": moment(rental.contract.signed_at or self.change.created_at),
            "pay_url": pay_url(rental.pk),
        }

    @staticmethod
    def after_sending(email: Email) -> None:
        """The contract's chain says that the signed copy went out, to whom, and as which mail."""
        contract = Contract.objects.get(rental_id=email.attachments[0]["id"])
        record_copy_sent(contract=contract, recipient=email.recipient, message_id=email.message_id)

    @classmethod
    def example(cls) -> Context:
        return {
            **example_facts(),
            **example_terms(),
            **example_next_payment(),
            "signed_at": moment(at(1, minute=10)),
            "pay_url": pay_url(7),
        }

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"signed_paid": {"next_date": "", "next_amount": ""}}


class RentalShipped(RentalMail):
    """The device was shipped: where it goes, and how to follow it. A rental is shipped once."""

    kind = "rental_shipped"
    required = False
    signal, sender = rental_shipped, Rental

    class Context(RentalFacts, Parcel):
        address: list[str]
        serial: str

    def __init__(self, *, rental: Rental, **_: Any) -> None:
        super().__init__(with_details(rental), event=f"rental-shipped:{rental.pk}")

    def context(self) -> Context:
        rental = self.rental
        tracked = parcel(carrier=rental.carrier, tracking_number=rental.tracking_number)
        return {**self.facts, **tracked, "address": address_lines(rental.address), "serial": serial_of(rental)}

    @classmethod
    def example(cls) -> Context:
        tracked = parcel(carrier="UPS", tracking_number="1Z999AA10123456784")
        return {**example_facts(), **tracked, "address": ADDRESS, "serial": SERIAL}

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"shipped_bare": {**parcel(carrier="", tracking_number=""), "serial": ""}}


class RentalReceipt(RentalMail):
    """A receipt: what was paid, what remains, and today's price to own the device."""

    kind = "rental_receipt"
    required = True
    signal, sender = rental_paid, RentalPayment

    class Context(RentalFacts, NextPayment):
        amount: str
        paid_at: str
        transaction: str
        number: int
        months: int
        late_fees: str
        refund: str
        invoice: str
        remaining: str
        remaining_payments: int
        buyout_price: str

    def __init__(self, *, rental: Rental, link: RentalPayment, **_: Any) -> None:
        super().__init__(with_details(rental), event=f"rental-payment:{link.pk}")
        self.link, self.now = link, timezone.now()
        self.invoice = Invoice.objects.filter(invoice_of=link.payment).first()
        self.attachments = document_attachments(self.invoice)

    def context(self) -> Context:
        rental, link = self.rental, self.link
        figures = receipt_of(link, rental, now=self.now)
        price = figures.buyout_price
        return {
            **self.facts,
            **next_payment(rental),
            "amount": localized_money(figures.amount, rental.currency),
            "paid_at": moment(link.counted_at or self.now),
            "transaction": figures.transaction_id or "",
            "number": next((one.number for one in rental.installments.all() if one.paid_with_id == link.pk), 0),
            "months": rental.total_months,
            "late_fees": amount_or_blank(sum((fee.amount for fee in link.late_fees.all()), ZERO), rental.currency),
            "refund": amount_or_blank(self.refunded(), rental.currency),
            "invoice": number_of(self.invoice),
            "remaining": localized_money(figures.remaining_amount, rental.currency),
            "remaining_payments": len(rental.open_installments),
            "buyout_price": "" if price is None else localized_money(price, rental.currency),
        }

    def refunded(self) -> Decimal:
        """What of the payment is refunded, such as a late fee that was waived meanwhile."""
        refunds = self.link.payment.refunds.exclude(status=Refund.Status.FAILED)
        return refunds.aggregate(sum=Sum("amount"))["sum"] or ZERO

    @classmethod
    def example(cls) -> Context:
        return {
            **example_facts(),
            **example_next_payment(),
            "amount": usd("54.49"),
            "paid_at": moment(at(9)),
            "transaction": "ch_2abcdefghijklmnopqrst",
            "number": 3,
            "months": 12,
            "late_fees": usd("4.50"),
            "refund": usd("4.50"),
            "invoice": "2027-000412",
            "remaining": usd("449.91"),
            "remaining_payments": 9,
            "buyout_price": usd("449.91"),
        }

    @classmethod
    def variants(cls) -> dict[str, Values]:
        blank = ("late_fees", "refund", "next_date", "next_amount", "buyout_price", "transaction", "invoice")
        last = {"number": 0, "remaining": usd("0"), "remaining_payments": 0}
        return {"receipt_buyout": {**dict.fromkeys(blank, ""), **last}}
