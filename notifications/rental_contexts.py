"""What the templates about a rental are told: plain values, ready to print; "" where there is nothing to tell.

Written in the language that is active. Rentals come here read with `with_schedule`.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from core.money import ZERO
from core.text import address_lines
from notifications.contexts import page, parcel
from notifications.mails.formatting import day, moment, money
from notifications.mails.notes import in_words
from rentals.models import Installment, Rental, RentalStatusChange
from rentals.money.pricing import next_installment, open_fees

Context = dict[str, Any]


def about(rental: Rental) -> Context:
    """Which rental, and where to see it."""
    return {"rental_id": rental.pk, "rental_url": page(f"rentals/{rental.pk}"), "product": rental.product_name}


def pay_link(rental: Rental) -> Context:
    """Where to pay."""
    return {"pay_url": page(f"rentals/{rental.pk}/pay")}


def sum_or_nothing(amount: Decimal, rental: Rental) -> str:
    """An amount of money; "" for none."""
    return money(amount, rental.currency) if amount else ""


def terms(rental: Rental) -> Context:
    """What was agreed."""
    return {
        "monthly_rate": money(rental.monthly_rate, rental.currency),
        "months": rental.total_months,
        "total": money(rental.total_amount, rental.currency),
        "cash_price": money(rental.cash_price, rental.currency),
    }


def next_payment(rental: Rental) -> Context:
    """What is to pay next, with open late fees, and on which day."""
    following = None if rental.is_over else next_installment(rental)
    if following is None:
        return {"next_amount": "", "next_date": ""}
    amount = following.amount + open_fees(rental)
    return {"next_amount": money(amount, rental.currency), "next_date": day(following.due_date)}


def to_sign(rental: Rental, change: RentalStatusChange) -> Context:
    """A contract that waits for its signature."""
    until = rental.created_at + timedelta(hours=settings.RENTAL_SIGN_HOURS)
    return {**terms(rental), "held_until": moment(until)}


def signed(rental: Rental, change: RentalStatusChange) -> Context:
    """A contract that was signed."""
    signed_at = rental.contract.signed_at or change.created_at
    return {**terms(rental), **next_payment(rental), **pay_link(rental), "signed_at": moment(signed_at)}


def completed(rental: Rental, change: RentalStatusChange) -> Context:
    """A device that is the customer's now; `early` when it was bought before the last payment."""
    early = any(one.state == Installment.State.CLOSED for one in rental.installments.all())
    return {"early": early, "serial": serial_of(rental), "owned_since": day(change.created_at.date())}


def returned(rental: Rental, change: RentalStatusChange) -> Context:
    """A rental that ended; `shipped` when the device has to come back."""
    return {"returned_at": moment(change.created_at), "shipped": rental.shipped_at is not None}


def checked_in(rental: Rental) -> Context:
    """A device that came back."""
    at = rental.checked_in_at
    return {"checked_in_at": moment(at) if at else "", "serial": serial_of(rental)}


def cancelled(rental: Rental, change: RentalStatusChange) -> Context:
    """A rental that never began, and what goes back. The refunds are written after this, for exactly that sum."""
    refund = sum((payment.refundable for payment in rental.payments().settled()), ZERO)
    return {"note": in_words(change.notes), "refund": sum_or_nothing(refund, rental)}


def shipped(rental: Rental) -> Context:
    """What is on its way, where it goes, and how to follow it."""
    return {
        "address": address_lines(rental.address),
        **parcel(carrier=rental.carrier, tracking_number=rental.tracking_number),
        "serial": serial_of(rental),
    }


def serial_of(rental: Rental) -> str:
    """The very device."""
    return rental.device.serial if rental.device else ""
