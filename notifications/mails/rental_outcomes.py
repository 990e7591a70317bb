"""Mails about what a rental comes to: owned, returned, cancelled, refunded."""

from datetime import date
from typing import Any, Self

from core.money import ZERO
from notifications.mails.base import Values
from notifications.mails.parts import OWNERSHIP, SERIAL, at, document_attachments, number_of, usd
from notifications.mails.rentals import (
    RentalFacts,
    RentalMail,
    RentalStepMail,
    example_facts,
    serial_of,
    with_details,
)
from notifications.mails.wording import amount_or_blank, day, localized_money, moment, translated_note
from payments.models import Invoice, Refund
from payments.models.payment import MANUAL
from payments.signals import refund_settled
from rentals.models import Installment, Rental
from rentals.signals import rental_checked_in


class RentalCompleted(RentalStepMail):
    """The device is the customer's now; with the certificate of ownership.

    `early`: it was bought before the last payment.
    """

    kind = "rental_completed"
    required = True
    status = Rental.Status.COMPLETED

    class Context(RentalFacts):
        early: bool
        serial: str
        owned_since: str

    def __init__(self, **cause: Any) -> None:
        super().__init__(**cause)
        self.attachments = [OWNERSHIP.reference(self.rental.pk)]

    def context(self) -> Context:
        early = any(one.state == Installment.State.CLOSED for one in self.rental.installments.all())
        owned_since = day(self.change.created_at.date())
        return {**self.facts, "early": early, "serial": serial_of(self.rental), "owned_since": owned_since}

    @classmethod
    def example(cls) -> Context:
        return {**example_facts(), "early": False, "serial": SERIAL, "owned_since": day(date(2028, 4, 1))}

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"completed_early": {"early": True, "serial": ""}}


class RentalReturned(RentalStepMail):
    """The rental was returned.

    `shipped`: the device is with the customer and has to come back.
    """

    kind = "rental_returned"
    required = True
    status = Rental.Status.RETURNED

    class Context(RentalFacts):
        returned_at: str
        shipped: bool

    def context(self) -> Context:
        at, shipped = moment(self.change.created_at), self.rental.shipped_at is not None
        return {**self.facts, "returned_at": at, "shipped": shipped}

    @classmethod
    def example(cls) -> Context:
        return {**example_facts(), "returned_at": moment(at(9)), "shipped": True}

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"returned_unsent": {"shipped": False}}


class RentalCheckedIn(RentalMail):
    """The device came back and was looked at. A rental is checked in once."""

    kind = "rental_checked_in"
    required = False
    signal, sender = rental_checked_in, Rental

    class Context(RentalFacts):
        checked_in_at: str
        serial: str

    def __init__(self, *, rental: Rental, **_: Any) -> None:
        super().__init__(with_details(rental), event=f"rental-checked-in:{rental.pk}")

    def context(self) -> Context:
        at = self.rental.checked_in_at
        return {**self.facts, "checked_in_at": moment(at) if at else "", "serial": serial_of(self.rental)}

    @classmethod
    def example(cls) -> Context:
        return {**example_facts(), "checked_in_at": moment(at(12)), "serial": SERIAL}

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"checked_in_bare": {"serial": ""}}


class RentalCancelled(RentalStepMail):
    """The rental was cancelled, and what is refunded.

    The refunds are written after this, for exactly that sum.
    """

    kind = "rental_cancelled"
    required = True
    status = Rental.Status.CANCELLED

    class Context(RentalFacts):
        note: str
        refund: str

    def context(self) -> Context:
        rental = self.rental
        refund = sum((payment.refundable for payment in rental.payments().settled()), ZERO)
        note = translated_note(self.change.notes)
        return {**self.facts, "note": note, "refund": amount_or_blank(refund, rental.currency)}

    @classmethod
    def example(cls) -> Context:
        note = translated_note("Not signed within 72 hours")
        return {**example_facts(), "note": note, "refund": usd("49.99")}

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"cancelled_unpaid": {"note": "", "refund": ""}}


class RentalRefunded(RentalMail):
    """Money of the rental was refunded: how much, why, and how.

    `goodwill`: staff refunded it, and nothing else changes.
    """

    kind = "rental_refunded"
    required = True
    signal, sender = refund_settled, Refund

    class Context(RentalFacts):
        amount: str
        reason: str
        by_hand: bool
        goodwill: bool
        credit_note: str

    def __init__(self, rental: Rental, *, refund: Refund) -> None:
        super().__init__(with_details(rental), event=f"refund:{refund.pk}")
        self.refund = refund
        self.credit_note = Invoice.objects.filter(refund=refund).first()
        self.attachments = document_attachments(self.credit_note)

    @classmethod
    def from_signal(cls, *, refund: Refund, **_: Any) -> Self | None:
        rental = Rental.objects.filter(rental_payments__payment=refund.payment).first()
        return cls(rental, refund=refund) if rental else None

    def context(self) -> Context:
        return {
            **self.facts,
            "amount": localized_money(self.refund.amount, self.refund.payment.currency),
            "reason": translated_note(self.refund.reason),
            "by_hand": self.refund.payment.gateway == MANUAL,
            "goodwill": self.refund.asked_by_id is not None,
            "credit_note": number_of(self.credit_note),
        }

    @classmethod
    def example(cls) -> Context:
        return {
            **example_facts(),
            "amount": usd("20.00"),
            "reason": "A broken key",
            "by_hand": False,
            "goodwill": True,
            "credit_note": "CN-2027-000017",
        }

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {
            "refunded_by_hand": {"by_hand": True},
            "refunded_late_money": {"goodwill": False, "credit_note": "", "reason": ""},
        }
