"""What the templates about a rental's money are told: plain values, ready to print; "" where there is nothing.

Written in the language that is active. Rentals come here read with `with_schedule`.
"""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from core.money import ZERO
from notifications.mails.formatting import day, day_of_year, moment, money
from notifications.mails.notes import in_words
from notifications.rental_contexts import Context, next_payment, pay_link, sum_or_nothing
from payments.models import Refund
from payments.models.payment import MANUAL
from rentals.autopay.consents import in_force
from rentals.models import ChargeAttempt, Installment, Reminder, Rental, RentalPayment
from rentals.money.pricing import open_fees, position_of
from rentals.serializers import receipt_json


def receipt(rental: Rental, link: RentalPayment, *, now: datetime) -> Context:
    """What was paid, what remains, and today's price to own the device, as the endpoints say it."""
    figures = receipt_json(link, rental, now=now)
    price = figures["buyout_price"]
    number = next((one.number for one in rental.installments.all() if one.paid_with_id == link.pk), 0)
    return {
        **next_payment(rental),
        "amount": money(figures["amount"], rental.currency),
        "paid_at": moment(link.counted_at or now),
        "transaction": figures["transaction_id"] or "",
        "number": number,
        "months": rental.total_months,
        "late_fees": sum_or_nothing(sum((fee.amount for fee in link.late_fees.all()), ZERO), rental),
        "refund": sum_or_nothing(going_back(link), rental),
        "remaining": money(figures["remaining_amount"], rental.currency),
        "remaining_payments": len(rental.open_installments),
        "buyout_price": "" if price is None else money(price, rental.currency),
    }


def going_back(link: RentalPayment) -> Decimal:
    """What of the payment is refunded, such as a late fee that was waived meanwhile."""
    refunds = link.payment.refunds.exclude(status=Refund.Status.FAILED)
    return refunds.aggregate(sum=Sum("amount"))["sum"] or ZERO


def refunded(refund: Refund) -> Context:
    """What went back, why and how; `goodwill` when staff gave it back and nothing else changes."""
    return {
        "amount": money(refund.amount, refund.payment.currency),
        "reason": in_words(refund.reason),
        "by_hand": refund.payment.gateway == MANUAL,
        "goodwill": refund.asked_by_id is not None,
    }


def reminder(rental: Rental, installment: Installment, told: Reminder) -> Context:
    """What is due today or soon; with autopay, when which card is charged."""
    return {**due(rental, installment, today=told.sent_on), "today": told.stage == 0}


def late(rental: Rental, installment: Installment, told: Reminder) -> Context:
    """What is late and for how long; with autopay, when which card is charged.

    `late_total` is "" unless several payments are late, whose number and sum are then told.
    """
    position = position_of(rental, today=told.sent_on)
    several, amount = position.past_due_count > 1, position.past_due_amount + open_fees(rental)
    return {
        **due(rental, installment, today=told.sent_on),
        "late_count": position.past_due_count,
        "late_total": money(amount, rental.currency) if several else "",
    }


def due(rental: Rental, installment: Installment, *, today: date) -> Context:
    """How much is due, when, how many days away that is, and how it is paid."""
    fees = open_fees(rental)
    return {
        **pay_link(rental),
        **autopay(rental, installment, today=today),
        "days": abs((today - installment.due_date).days),
        "amount": money(installment.amount + fees, rental.currency),
        "due_date": day(installment.due_date),
        "due_day": day_of_year(installment.due_date),
        "late_fees": sum_or_nothing(fees, rental),
    }


def autopay(rental: Rental, installment: Installment, *, today: date) -> Context:
    """What will be charged to which card, and when; nothing when the customer has to pay."""
    consent = in_force(rental)
    when = charge_when(installment, today=today) if consent else ""
    if not (consent and when):
        return {"card": "", "charge_when": "", "charge_amount": ""}
    amount = to_charge(rental, installment)
    return {"card": str(consent.card), "charge_when": when, "charge_amount": money(amount, rental.currency)}


def to_charge(rental: Rental, installment: Installment) -> Decimal:
    """What autopay asks for the installment: it has one payment for it, and its amount never changes."""
    link = installment.autopay_payment
    return link.payment.amount if link else installment.amount + open_fees(rental)


def charge_when(installment: Installment, *, today: date) -> str:
    """When autopay will charge the installment; "" when it has given up."""
    if installment.charge_on is not None:
        later = _("on %(day)s") % {"day": day(installment.charge_on)}
        return later if installment.charge_on > today else _("today")
    return _("today") if installment.charge_attempts.filter(status=ChargeAttempt.Status.QUEUED).exists() else ""


def failure(rental: Rental, installment: Installment, attempt: ChargeAttempt) -> Context:
    """Which charge did not go through, why, and whether it is tried again."""
    consent = in_force(rental)
    return {
        **pay_link(rental),
        "amount": money(to_charge(rental, installment), rental.currency),
        "due_date": day(installment.due_date),
        "card": str(consent.card) if consent else "",
        "reason": attempt.failure_message,
        "needs_customer": attempt.status == ChargeAttempt.Status.NEEDS_CUSTOMER,
        "retry_date": day(installment.charge_on) if installment.charge_on else "",
    }
