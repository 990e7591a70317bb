"""Contexts of the mails about a rental, as the receivers make them; VARIANTS are further ones to look at."""

from typing import Any

URL = "http://localhost:8000/rentals/7"
PRODUCT = "ThinkPad X1 Carbon Gen 9, 14 inch, 32 GB, 1 TB SSD, French keyboard"
RENTAL = {"rental_id": 7, "rental_url": URL, "product": PRODUCT}
TERMS = {"monthly_rate": "$49.99", "months": 12, "total": "$599.88", "cash_price": "$599.99"}
NEXT = {"next_amount": "$49.99", "next_date": "June 1, 2027"}
PAY = {"pay_url": f"{URL}/pay"}

RENTAL_CONTEXTS: dict[str, dict[str, Any]] = {
    "rental_contract": {**RENTAL, **TERMS, "held_until": "May 4, 2027, 14:05 UTC"},
    "rental_signed": {**RENTAL, **TERMS, **NEXT, **PAY, "signed_at": "May 1, 2027, 14:10 UTC"},
    "rental_shipped": {
        **RENTAL,
        "address": ["Ada Lovelace", "123 Main St", "San Francisco, CA 94107", "US"],
        "carrier": "UPS",
        "tracking_number": "1Z999AA10123456784",
        "serial": "PF-2N7K-0042",
    },
    "rental_receipt": {
        **RENTAL,
        **NEXT,
        "amount": "$54.49",
        "paid_at": "May 9, 2027, 14:05 UTC",
        "transaction": "ch_2abcdefghijklmnopqrst",
        "number": 3,
        "months": 12,
        "late_fees": "$4.50",
        "refund": "$4.50",
        "invoice": "2027-000412",
        "remaining": "$449.91",
        "remaining_payments": 9,
        "buyout_price": "$449.91",
    },
    "rental_payment_reminder": {
        **RENTAL,
        **PAY,
        "today": False,
        "late": True,
        "days": 3,
        "amount": "$54.49",
        "due_date": "May 1, 2027",
        "due_day": "May 1",
        "late_fees": "$4.50",
        "late_count": 2,
        "late_total": "$104.48",
        "card": "Visa •••• 4242",
        "charge_when": "on May 6, 2027",
        "charge_amount": "$54.49",
    },
    "rental_payment_failed": {
        **RENTAL,
        **PAY,
        "amount": "$49.99",
        "due_date": "May 1, 2027",
        "card": "Visa •••• 4242",
        "reason": "Your card has insufficient funds.",
        "needs_customer": False,
        "retry_date": "May 4, 2027",
    },
    "rental_completed": {**RENTAL, "early": False, "serial": "PF-2N7K-0042", "owned_since": "April 1, 2028"},
    "rental_returned": {**RENTAL, "returned_at": "May 9, 2027, 14:05 UTC", "shipped": True},
    "rental_cancelled": {**RENTAL, "note": "Not signed within 72 hours", "refund": "$49.99"},
}

NO_FEES = {"late_fees": "", "amount": "$49.99", "late_count": 0, "late_total": ""}
BY_HAND = {"card": "", "charge_when": "", "charge_amount": ""}
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "reminder_before": ("rental_payment_reminder", {**NO_FEES, **BY_HAND, "late": False, "days": 7}),
    "reminder_before_autopay": (
        "rental_payment_reminder",
        {**NO_FEES, "late": False, "days": 3, "charge_when": "on May 1, 2027", "charge_amount": "$49.99"},
    ),
    "reminder_today": ("rental_payment_reminder", {**NO_FEES, **BY_HAND, "today": True, "late": False, "days": 0}),
    "reminder_late": ("rental_payment_reminder", {**BY_HAND}),
    "failed_bank": ("rental_payment_failed", {"needs_customer": True, "retry_date": "", "reason": ""}),
    "failed_hard": ("rental_payment_failed", {"retry_date": "", "card": "", "reason": "Your card was stolen."}),
    "receipt_buyout": (
        "rental_receipt",
        {
            "number": 0,
            "late_fees": "",
            "refund": "",
            "next_date": "",
            "next_amount": "",
            "remaining": "$0.00",
            "remaining_payments": 0,
            "buyout_price": "",
        },
    ),
    "completed_early": ("rental_completed", {"early": True, "serial": ""}),
    "returned_unsent": ("rental_returned", {"shipped": False}),
    "cancelled_unpaid": ("rental_cancelled", {"note": "", "refund": ""}),
    "signed_paid": ("rental_signed", {"next_date": "", "next_amount": ""}),
    "shipped_bare": ("rental_shipped", {"carrier": "", "tracking_number": "", "serial": ""}),
}


def variant(name: str) -> tuple[str, dict[str, Any]]:
    """A variant's kind and whole context."""
    kind, changes = VARIANTS[name]
    return kind, {**RENTAL_CONTEXTS[kind], **changes}
