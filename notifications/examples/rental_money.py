"""Examples of the mails about a rental's money."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from notifications.contexts import page
from notifications.examples.rentals import following, rental
from notifications.examples.values import MAY_DAY, at, usd
from notifications.mails.formatting import day, day_of_year, moment
from notifications.outbox.queueing import Context

CARD = "Visa •••• 4242"


def receipt() -> Context:
    """Of the third payment, with a late fee that was waived meanwhile."""
    return {
        **rental(),
        **following(),
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


def due() -> Context:
    """A payment that the customer makes by hand."""
    return {
        **rental(),
        **BY_HAND,
        "pay_url": page("rentals/7/pay"),
        "amount": usd("49.99"),
        "due_date": day(MAY_DAY),
        "due_day": day_of_year(MAY_DAY),
        "late_fees": "",
    }


def autopay(charged_on: date) -> Context:
    """A payment that autopay makes."""
    return {"card": CARD, "charge_when": _("on %(day)s") % {"day": day(charged_on)}, "charge_amount": usd("49.99")}


def late() -> Context:
    """Of two payments that are late, with a late fee."""
    fees = {"amount": usd("54.49"), "late_fees": usd("4.50")}
    return {**due(), **fees, "days": 3, "late_count": 2, "late_total": usd("104.48")}


def failed() -> Context:
    """Of a card without money."""
    return {
        **rental(),
        "pay_url": page("rentals/7/pay"),
        "amount": usd("49.99"),
        "due_date": day(MAY_DAY),
        "card": CARD,
        "reason": "Your card has insufficient funds.",
        "needs_customer": False,
        "retry_date": day(date(2027, 5, 4)),
    }


def refunded() -> Context:
    """Of a part of an installment, by staff."""
    return {
        **rental(),
        "amount": usd("20.00"),
        "reason": "A broken key",
        "by_hand": False,
        "goodwill": True,
        "credit_note": "CN-2027-000017",
    }


def last_receipt() -> Context:
    """What is different when the rental was bought out."""
    nothing = ("late_fees", "refund", "next_date", "next_amount", "buyout_price", "transaction", "invoice")
    return {**dict.fromkeys(nothing, ""), "number": 0, "remaining": usd("0"), "remaining_payments": 0}


BY_HAND = {"card": "", "charge_when": "", "charge_amount": ""}
EXAMPLES: dict[str, Callable[[], Context]] = {
    "rental_receipt": receipt,
    "rental_payment_reminder": lambda: {**due(), "today": False, "days": 7},
    "rental_payment_late": late,
    "rental_payment_failed": failed,
    "rental_refunded": refunded,
}
VARIANTS: dict[str, tuple[str, Callable[[], Context]]] = {
    "receipt_buyout": ("rental_receipt", last_receipt),
    "reminder_tomorrow": ("rental_payment_reminder", lambda: {"days": 1, "late_fees": usd("4.50")}),
    "reminder_autopay": ("rental_payment_reminder", lambda: {**autopay(MAY_DAY), "days": 3}),
    "reminder_today": ("rental_payment_reminder", lambda: {"today": True, "days": 0}),
    "late_autopay": ("rental_payment_late", lambda: autopay(date(2027, 5, 6))),
    "late_one": (
        "rental_payment_late",
        lambda: {"days": 1, "late_fees": "", "amount": usd("49.99"), "late_count": 1, "late_total": ""},
    ),
    "failed_bank": ("rental_payment_failed", lambda: {"needs_customer": True, "retry_date": "", "reason": ""}),
    "failed_bank_gone": ("rental_payment_failed", lambda: {"needs_customer": True, "retry_date": "", "card": ""}),
    "refunded_by_hand": ("rental_refunded", lambda: {"by_hand": True}),
    "refunded_late_money": ("rental_refunded", lambda: {"goodwill": False, "credit_note": "", "reason": ""}),
    "failed_hard": (
        "rental_payment_failed",
        lambda: {"retry_date": "", "card": "", "reason": "Your card was stolen."},
    ),
}
