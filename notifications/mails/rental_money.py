"""Mails about a rental's payments: due, late, failed."""

from datetime import date
from decimal import Decimal
from typing import Any, Self, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.mails.base import Group, Values
from notifications.mails.parts import MAY_DAY, usd
from notifications.mails.rentals import (
    RentalFacts,
    RentalMail,
    example_facts,
    pay_url,
    with_details,
)
from notifications.mails.wording import amount_or_blank, day, day_of_year, localized_money
from rentals.autopay.consents import active_consent
from rentals.models import ChargeAttempt, Installment, Reminder, Rental
from rentals.money.pricing import position_of
from rentals.signals import autopay_failed, payment_reminder_due

REMINDERS = Group("reminders", gettext_lazy("Reminders of payments"))
CARD = "Visa •••• 4242"  # of the examples


class Autopay(TypedDict):
    """What will be charged to which card, and when; "" when the customer has to pay."""

    card: str
    charge_when: str
    charge_amount: str


class Due(RentalFacts, Autopay):
    """How much is due, when, how many days away that is, and how it is paid."""

    pay_url: str
    days: int
    amount: str
    due_date: str
    due_day: str
    late_fees: str


def autopay(rental: Rental, installment: Installment, *, today: date) -> Autopay:
    consent = active_consent(rental)
    when = charge_when(installment, today=today) if consent else ""
    if not (consent and when):
        return {"card": "", "charge_when": "", "charge_amount": ""}
    amount = localized_money(amount_to_charge(rental, installment), rental.currency)
    return {"card": str(consent.card), "charge_when": when, "charge_amount": amount}


def amount_to_charge(rental: Rental, installment: Installment) -> Decimal:
    """What autopay charges for the installment: it has one payment for it, and its amount never changes."""
    link = installment.autopay_payment
    return link.payment.amount if link else installment.amount + rental.late_fees_due


def charge_when(installment: Installment, *, today: date) -> str:
    """When autopay will charge the installment; "" when it has given up."""
    if installment.charge_on is not None:
        later = _("on %(day)s") % {"day": day(installment.charge_on)}
        return later if installment.charge_on > today else _("today")
    return _("today") if installment.charge_attempts.filter(status=ChargeAttempt.Status.QUEUED).exists() else ""


def example_due() -> Due:
    return {
        **example_facts(),
        "card": "",
        "charge_when": "",
        "charge_amount": "",
        "pay_url": pay_url(7),
        "days": 7,
        "amount": usd("49.99"),
        "due_date": day(MAY_DAY),
        "due_day": day_of_year(MAY_DAY),
        "late_fees": "",
    }


def example_autopay(charged_on: date) -> Autopay:
    return {"card": CARD, "charge_when": _("on %(day)s") % {"day": day(charged_on)}, "charge_amount": usd("49.99")}


class DueMail(RentalMail):
    """Of an installment that wants to be paid: before its day, or after it."""

    notice_link = "pay_url"
    signal, sender = payment_reminder_due, Reminder
    after_due_date = False

    def __init__(self, *, rental: Rental, installment: Installment, reminder: Reminder, **_: Any) -> None:
        super().__init__(with_details(rental), event=f"reminder:{reminder.pk}")
        self.reminder = reminder
        self.installment = next(one for one in self.rental.installments.all() if one.pk == installment.pk)

    @classmethod
    def from_signal(cls, **cause: Any) -> Self | None:
        return cls(**cause) if (cause["reminder"].stage > 0) is cls.after_due_date else None

    def due(self) -> Due:
        rental, installment, today = self.rental, self.installment, self.reminder.sent_on
        fees = rental.late_fees_due
        return {
            **self.facts,
            **autopay(rental, installment, today=today),
            "pay_url": pay_url(rental.pk),
            "days": abs((today - installment.due_date).days),
            "amount": localized_money(installment.amount + fees, rental.currency),
            "due_date": day(installment.due_date),
            "due_day": day_of_year(installment.due_date),
            "late_fees": amount_or_blank(fees, rental.currency),
        }


class RentalPaymentReminder(DueMail):
    """A payment is due today or soon; with autopay, when which card is charged."""

    kind = "rental_payment_reminder"
    group = REMINDERS
    required = False

    class Context(Due):
        today: bool

    def context(self) -> Context:
        return {**self.due(), "today": self.reminder.stage == 0}

    @classmethod
    def example(cls) -> Context:
        return {**example_due(), "today": False}

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {
            "reminder_tomorrow": {"days": 1, "late_fees": usd("4.50")},
            "reminder_autopay": {**example_autopay(MAY_DAY), "days": 3},
            "reminder_today": {"today": True, "days": 0},
        }


class RentalPaymentLate(DueMail):
    """A payment is late, and for how long.

    `late_total` is "" unless several payments are late, whose number and sum then stand there.
    """

    kind = "rental_payment_late"
    required = True
    after_due_date = True

    class Context(Due):
        late_count: int
        late_total: str

    def context(self) -> Context:
        position = position_of(self.rental, today=self.reminder.sent_on)
        count, amount = position.past_due_count, position.past_due_amount + self.rental.late_fees_due
        total = localized_money(amount, self.rental.currency) if count > 1 else ""
        return {**self.due(), "late_count": count, "late_total": total}

    @classmethod
    def example(cls) -> Context:
        due: Due = {**example_due(), "days": 3, "amount": usd("54.49"), "late_fees": usd("4.50")}
        return {**due, "late_count": 2, "late_total": usd("104.48")}

    @classmethod
    def variants(cls) -> dict[str, Values]:
        one = {"days": 1, "late_fees": "", "amount": usd("49.99"), "late_count": 1, "late_total": ""}
        return {"late_autopay": example_autopay(date(2027, 5, 6)), "late_one": one}


class RentalPaymentFailed(RentalMail):
    """A charge of the saved card failed: why, and whether it is tried again."""

    kind = "rental_payment_failed"
    required = True
    notice_link = "pay_url"
    signal, sender = autopay_failed, ChargeAttempt

    class Context(RentalFacts):
        pay_url: str
        amount: str
        due_date: str
        card: str
        reason: str
        needs_customer: bool
        retry_date: str

    def __init__(self, *, rental: Rental, installment: Installment, attempt: ChargeAttempt, **_: Any) -> None:
        super().__init__(rental, event=f"charge-attempt:{attempt.pk}")
        self.installment, self.attempt = installment, attempt

    def context(self) -> Context:
        installment, consent = self.installment, active_consent(self.rental)
        return {
            **self.facts,
            "pay_url": pay_url(self.rental.pk),
            "amount": localized_money(amount_to_charge(self.rental, installment), self.rental.currency),
            "due_date": day(installment.due_date),
            "card": str(consent.card) if consent else "",
            "reason": self.attempt.failure_message,
            "needs_customer": self.attempt.status == ChargeAttempt.Status.NEEDS_CUSTOMER,
            "retry_date": day(installment.charge_on) if installment.charge_on else "",
        }

    @classmethod
    def example(cls) -> Context:
        return {
            **example_facts(),
            "pay_url": pay_url(7),
            "amount": usd("49.99"),
            "due_date": day(MAY_DAY),
            "card": CARD,
            "reason": "Your card has insufficient funds.",
            "needs_customer": False,
            "retry_date": day(date(2027, 5, 4)),
        }

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {
            "failed_bank": {"needs_customer": True, "retry_date": "", "reason": ""},
            "failed_bank_gone": {"needs_customer": True, "retry_date": "", "card": ""},
            "failed_hard": {"retry_date": "", "card": "", "reason": "Your card was stolen."},
        }
