"""Mails about a rental from its contract to its parcel."""

from datetime import date, timedelta
from typing import Any, ClassVar, Self, TypedDict

from django.conf import settings
from django.utils.translation import gettext_lazy

from core.signals import status_changed
from core.text import address_lines
from notifications.mails.base import Group, Mail, Values
from notifications.mails.parts import ADDRESS, PRODUCT, SERIAL, Parcel, at, page, parcel, usd
from notifications.mails.wording import day, moment, money
from notifications.models import Email
from notifications.outbox.attachments import Source
from rentals.contracts.services import find_document, record_copy_sent
from rentals.models import Contract, ContractDocument, Rental, RentalStatusChange
from rentals.signals import rental_shipped

RENTALS = Group("rentals", gettext_lazy("Your rentals"))


class RentalFacts(TypedDict):
    """Which rental, and where to see it."""

    rental_id: int
    rental_url: str
    product: str


class Terms(TypedDict):
    """What was agreed."""

    monthly_rate: str
    months: int
    total: str
    cash_price: str


class NextPayment(TypedDict):
    """What is to pay next, with open late fees, and on which day; "" when nothing is."""

    next_amount: str
    next_date: str


def rental_facts(rental_id: int, product: str) -> RentalFacts:
    """Which rental, and where to see it."""
    return {"rental_id": rental_id, "rental_url": page(f"rentals/{rental_id}"), "product": product}


def terms(rental: Rental) -> Terms:
    """What was agreed."""
    return {
        "monthly_rate": money(rental.monthly_rate, rental.currency),
        "months": rental.total_months,
        "total": money(rental.total_amount, rental.currency),
        "cash_price": money(rental.cash_price, rental.currency),
    }


def next_payment(rental: Rental) -> NextPayment:
    """What the customer pays next."""
    following = None if rental.is_over else rental.next_installment
    if following is None:
        return {"next_amount": "", "next_date": ""}
    amount = following.amount + rental.late_fees_due
    return {"next_amount": money(amount, rental.currency), "next_date": day(following.due_date)}


def pay_url(rental_id: int) -> str:
    """Where to pay."""
    return page(f"rentals/{rental_id}/pay")


def serial_of(rental: Rental) -> str:
    """The very device; "" while none is set aside."""
    return rental.device.serial if rental.device else ""


def with_details(rental: Rental) -> Rental:
    """The rental as the database has it now: what a signal brings may hold a schedule from before."""
    return Rental.objects.with_schedule().select_related("user", "device").get(pk=rental.pk)


def signed_contract(rental_id: int) -> bytes:
    """The signed copy of a rental's contract."""
    rental = Rental.objects.select_related("contract").get(pk=rental_id)
    return bytes(find_document(rental.contract, ContractDocument.Kind.SIGNED).content)


SIGNED_CONTRACT = Source("signed_contract", "rental-{}-contract.pdf", signed_contract)


def example_facts() -> RentalFacts:
    """Ada's rental."""
    return rental_facts(7, PRODUCT)


def example_terms() -> Terms:
    """A year."""
    return {"monthly_rate": usd("49.99"), "months": 12, "total": usd("599.88"), "cash_price": usd("599.99")}


def example_next_payment() -> NextPayment:
    """In June."""
    return {"next_amount": usd("49.99"), "next_date": day(date(2027, 6, 1))}


class RentalMail(Mail):
    """To the rental's customer."""

    group = RENTALS
    notice_link = "rental_url"

    def __init__(self, rental: Rental, *, event: str) -> None:
        self.rental, self.user, self.event = rental, rental.user, event
        self.facts = rental_facts(rental.pk, rental.product_name)


class RentalStepMail(RentalMail):
    """The rental reached `status`."""

    signal, sender = status_changed, Rental
    status: ClassVar[Rental.Status]

    def __init__(self, *, subject: Rental, change: RentalStatusChange, **_: Any) -> None:
        super().__init__(with_details(subject), event=f"rental-status:{change.pk}")
        self.change = change

    @classmethod
    def from_signal(cls, **cause: Any) -> Self | None:
        return cls(**cause) if cause["change"].status == cls.status else None


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
    """The signed copy of the contract."""

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
    """What is on its way, where it goes, and how to follow it. A rental is shipped once."""

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
