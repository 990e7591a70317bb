"""The kinds of mail. Each has three templates, templates/emails/<kind>.{subject.txt,txt,html}."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    """A kind of mail and the context that its templates need: exactly these keys, no fewer and no more."""

    name: str
    needs: frozenset[str] = field(default_factory=frozenset)


ORDER = frozenset({"order_id", "order_url"})
RENTAL = frozenset({"rental_id", "rental_url", "product"})
TERMS = frozenset({"monthly_rate", "months", "total", "cash_price"})
NEXT_PAYMENT = frozenset({"next_amount", "next_date"})
AUTOPAY = frozenset({"card", "charge_when", "charge_amount"})
RECEIPT = frozenset({"amount", "paid_at", "transaction", "number", "months", "late_fees", "refund", "invoice"})
LATENESS = frozenset({"days", "late_fees", "late_count", "late_total"})
SECRET_LINK = frozenset({"name", "link", "valid_for"})
DISPUTE = frozenset({"headline", "subject", "payment_id", "customer", "admin_url"})

ALL_KINDS = (
    Kind("welcome", SECRET_LINK | {"shop_url"}),
    Kind("verify_email", SECRET_LINK),
    Kind("password_reset", SECRET_LINK),
    Kind("password_changed", frozenset({"name", "email", "reset_url"})),
    Kind("order_confirmation", ORDER | {"lines", "amounts", "total", "address", "shipping_method"}),
    Kind("order_status", ORDER | {"status", "label", "note", "invoice"}),
    Kind("order_paid", ORDER | {"amount", "invoice"}),
    Kind("order_shipped", ORDER | {"lines", "address", "tracking_number", "carrier", "shipping_method"}),
    Kind("order_refunded", ORDER | {"amount", "reason", "pieces", "by_hand", "credit_note"}),
    Kind("rental_contract", RENTAL | TERMS | {"held_until"}),
    Kind("rental_signed", RENTAL | TERMS | NEXT_PAYMENT | {"signed_at", "pay_url"}),
    Kind("rental_shipped", RENTAL | {"address", "tracking_number", "carrier", "serial"}),
    Kind("rental_receipt", RENTAL | RECEIPT | NEXT_PAYMENT | {"remaining", "remaining_payments", "buyout_price"}),
    Kind(
        "rental_payment_reminder",
        RENTAL | LATENESS | AUTOPAY | {"today", "late", "amount", "due_date", "due_day", "pay_url"},
    ),
    Kind(
        "rental_payment_failed",
        RENTAL | {"amount", "due_date", "card", "reason", "needs_customer", "retry_date", "pay_url"},
    ),
    Kind("rental_completed", RENTAL | {"early", "serial", "owned_since"}),
    Kind("rental_returned", RENTAL | {"returned_at", "shipped"}),
    Kind("rental_cancelled", RENTAL | {"note", "refund"}),
    Kind("staff_webhook_parked", frozenset({"kind", "event_id", "error", "admin_url"})),
    Kind("staff_money_returned", frozenset({"payment_id", "amount", "customer", "why", "admin_url"})),
    Kind("staff_dispute", DISPUTE | {"reason", "due", "evidence"}),
    Kind("staff_dispute_closed", DISPUTE | {"what"}),
)
KINDS = {kind.name: kind for kind in ALL_KINDS}
