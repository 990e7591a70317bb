"""The kinds of mail. Each has three templates, templates/emails/<kind>.{subject.txt,txt,html}."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What a reader switches on and off together.
ACCOUNT, ORDERS, RENTALS, REMINDERS, STAFF = "account", "orders", "rentals", "reminders", "staff"
GROUP_LABELS: dict[str, Promise] = {
    ACCOUNT: _("Your account and its security"),
    ORDERS: _("Your orders"),
    RENTALS: _("Your rentals"),
    REMINDERS: _("Reminders of payments"),
    STAFF: _("The back office"),
}


@dataclass(frozen=True)
class Kind:
    """A kind of mail and the context that its templates need: exactly these keys, no fewer and no more.

    `group` is what its reader switches on and off together with it. `required`: law, the contract, security or the
    shop's money asks for the mail, so that it cannot be switched off. `in_app`: it is also told in the app; never
    for one with a secret link.
    """

    name: str
    needs: frozenset[str]
    group: str
    required: bool
    in_app: bool


def group_label(group: str) -> str:
    """What a reader calls the group, in the language that is active."""
    return str(GROUP_LABELS[group])


ORDER = frozenset({"order_id", "order_url"})
RENTAL = frozenset({"rental_id", "rental_url", "product"})
TERMS = frozenset({"monthly_rate", "months", "total", "cash_price"})
NEXT_PAYMENT = frozenset({"next_amount", "next_date"})
AUTOPAY = frozenset({"card", "charge_when", "charge_amount"})
RECEIPT = frozenset({"amount", "paid_at", "transaction", "number", "months", "late_fees", "refund", "invoice"})
DUE = frozenset({"amount", "due_date", "due_day", "pay_url"})
PARCEL = frozenset({"carrier", "tracking_number", "tracking_url"})
SECRET_LINK = frozenset({"name", "link", "valid_for"})
DISPUTE = frozenset({"headline", "subject", "payment_id", "customer", "admin_url"})


def secret(name: str, needs: frozenset[str]) -> Kind:
    """A mail with a link that is good once: it goes to the mailbox alone."""
    return Kind(name, needs, ACCOUNT, required=True, in_app=False)


def must(name: str, needs: frozenset[str], group: str) -> Kind:
    """A mail that its reader has to get."""
    return Kind(name, needs, group, required=True, in_app=True)


def may(name: str, needs: frozenset[str], group: str) -> Kind:
    """A mail that its reader can do without."""
    return Kind(name, needs, group, required=False, in_app=True)


ALL_KINDS = (
    secret("welcome", SECRET_LINK | {"shop_url"}),
    secret("verify_email", SECRET_LINK),
    secret("password_reset", SECRET_LINK),
    must("password_changed", frozenset({"name", "email", "reset_url"}), ACCOUNT),
    must("new_sign_in", frozenset({"name", "program", "system", "address", "at", "reset_url"}), ACCOUNT),
    must("order_confirmation", ORDER | {"lines", "amounts", "total", "address", "shipping_method"}, ORDERS),
    may("order_status", ORDER | {"label", "note", "invoice"}, ORDERS),
    must("order_paid", ORDER | {"amount", "invoice"}, ORDERS),
    may("order_shipped", ORDER | PARCEL | {"lines", "address", "shipping_method"}, ORDERS),
    may("order_delivered", ORDER | {"note"}, ORDERS),
    must("order_cancelled", ORDER | {"note"}, ORDERS),
    must("order_refunded", ORDER | {"amount", "reason", "pieces", "by_hand", "credit_note"}, ORDERS),
    must("rental_contract", RENTAL | TERMS | {"held_until"}, RENTALS),
    must("rental_signed", RENTAL | TERMS | NEXT_PAYMENT | {"signed_at", "pay_url"}, RENTALS),
    may("rental_shipped", RENTAL | PARCEL | {"address", "serial"}, RENTALS),
    must(
        "rental_receipt",
        RENTAL | RECEIPT | NEXT_PAYMENT | {"remaining", "remaining_payments", "buyout_price"},
        RENTALS,
    ),
    may(
        "rental_payment_reminder",
        RENTAL | AUTOPAY | DUE | {"today", "days", "late_fees"},
        REMINDERS,
    ),
    must(
        "rental_payment_late",
        RENTAL | AUTOPAY | DUE | {"days", "late_fees", "late_count", "late_total"},
        RENTALS,
    ),
    must(
        "rental_payment_failed",
        RENTAL | {"amount", "due_date", "card", "reason", "needs_customer", "retry_date", "pay_url"},
        RENTALS,
    ),
    must("rental_completed", RENTAL | {"early", "serial", "owned_since"}, RENTALS),
    must("rental_returned", RENTAL | {"returned_at", "shipped"}, RENTALS),
    may("rental_checked_in", RENTAL | {"checked_in_at", "serial"}, RENTALS),
    must("rental_cancelled", RENTAL | {"note", "refund"}, RENTALS),
    must("rental_refunded", RENTAL | {"amount", "reason", "by_hand", "goodwill", "credit_note"}, RENTALS),
    must("staff_webhook_parked", frozenset({"kind", "event_id", "error", "admin_url"}), STAFF),
    may("staff_money_returned", frozenset({"payment_id", "amount", "customer", "why", "admin_url"}), STAFF),
    must("staff_refund_failed", frozenset({"payment_id", "amount", "customer", "why", "error", "admin_url"}), STAFF),
    must("staff_dispute", DISPUTE | {"reason", "due", "evidence"}, STAFF),
    must("staff_dispute_closed", DISPUTE | {"what"}, STAFF),
    may("staff_low_stock", frozenset({"product", "sku", "left", "admin_url"}), STAFF),
    Kind(
        "staff_digest",
        frozenset({"day", "count", "orders", "more", "totals", "admin_url"}),
        STAFF,
        required=False,
        in_app=False,
    ),
)
KINDS = {kind.name: kind for kind in ALL_KINDS}
