"""Examples of the mails about a rental's life."""

from collections.abc import Callable
from datetime import date

from notifications.contexts import page, parcel
from notifications.examples.values import ADDRESS, PRODUCT, SERIAL, at, usd
from notifications.mails.formatting import day, moment
from notifications.mails.notes import in_words
from notifications.outbox.queueing import Context


def rental() -> Context:
    """Which rental."""
    return {"rental_id": 7, "rental_url": page("rentals/7"), "product": PRODUCT}


def terms() -> Context:
    """What was agreed."""
    return {"monthly_rate": usd("49.99"), "months": 12, "total": usd("599.88"), "cash_price": usd("599.99")}


def following() -> Context:
    """The next payment."""
    return {"next_amount": usd("49.99"), "next_date": day(date(2027, 6, 1))}


def signed() -> Context:
    """Of a contract that was signed."""
    return {
        **rental(),
        **terms(),
        **following(),
        "pay_url": page("rentals/7/pay"),
        "signed_at": moment(at(1, minute=10)),
    }


def shipped() -> Context:
    """Of a device that is on its way."""
    tracked = parcel(carrier="UPS", tracking_number="1Z999AA10123456784")
    return {**rental(), **tracked, "address": ADDRESS, "serial": SERIAL}


def completed() -> Context:
    """Of a device that has another owner now."""
    return {**rental(), "early": False, "serial": SERIAL, "owned_since": day(date(2028, 4, 1))}


EXAMPLES: dict[str, Callable[[], Context]] = {
    "rental_contract": lambda: {**rental(), **terms(), "held_until": moment(at(4))},
    "rental_signed": signed,
    "rental_shipped": shipped,
    "rental_completed": completed,
    "rental_returned": lambda: {**rental(), "returned_at": moment(at(9)), "shipped": True},
    "rental_checked_in": lambda: {**rental(), "checked_in_at": moment(at(12)), "serial": SERIAL},
    "rental_cancelled": lambda: {
        **rental(),
        "note": in_words("Not signed within 72 hours"),
        "refund": usd("49.99"),
    },
}
VARIANTS: dict[str, tuple[str, Callable[[], Context]]] = {
    "signed_paid": ("rental_signed", lambda: {"next_date": "", "next_amount": ""}),
    "shipped_bare": ("rental_shipped", lambda: {**parcel(carrier="", tracking_number=""), "serial": ""}),
    "completed_early": ("rental_completed", lambda: {"early": True, "serial": ""}),
    "returned_unsent": ("rental_returned", lambda: {"shipped": False}),
    "checked_in_bare": ("rental_checked_in", lambda: {"serial": ""}),
    "cancelled_unpaid": ("rental_cancelled", lambda: {"note": "", "refund": ""}),
}
