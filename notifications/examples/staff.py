"""Examples of the mails to those who work here."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from notifications.contexts import page, status_label
from notifications.examples.values import PRODUCT, usd
from notifications.mails.formatting import day
from notifications.mails.notes import in_words
from notifications.outbox.queueing import Context
from notifications.staff_contexts import ENDS, EVIDENCE, NO_EVIDENCE
from payments.models import Dispute


def parked() -> Context:
    """Of an event that names another sum."""
    return {
        "kind": "payment_intent.succeeded",
        "event_id": "evt_9",
        "error": "AmountMismatch: 1.00 EUR for 599.99 USD.",
        "admin_url": page("admin/payments/webhookevent/9/change/"),
    }


def money_returned() -> Context:
    """Of money that came too late."""
    return {
        "payment_id": 9,
        "amount": usd("599.99"),
        "customer": "ada@example.com",
        "why": in_words("Order #12 could no longer be paid"),
        "admin_url": page("admin/payments/payment/9/change/"),
    }


def refund_failed() -> Context:
    """Of a refund that the gateway refused."""
    return {
        **money_returned(),
        "error": "Charge ch_1 has been charged back; cannot issue a refund.",
        "admin_url": page("admin/payments/refund/4/change/"),
    }


def which() -> Context:
    """Which dispute."""
    return {
        "subject": in_words("Order #12"),
        "payment_id": 9,
        "customer": "ada@example.com",
        "admin_url": page("admin/payments/dispute/9/change/"),
    }


def dispute() -> Context:
    """Of a bank that takes money back."""
    return {
        **which(),
        "headline": _("{amount} is disputed").format(amount=usd("599.99")),
        "reason": "product not received",
        "due": day(date(2026, 11, 28)),
        "evidence": _(EVIDENCE),
    }


def dispute_closed() -> Context:
    """Of a bank that has decided."""
    headline, what = ENDS[Dispute.Status.LOST]
    return {**which(), "headline": _(headline).format(amount=usd("599.99")), "what": _(what)}


def low_stock() -> Context:
    """Of a product that sells well."""
    return {
        "product": PRODUCT,
        "sku": "TP-X1C9-32-1T-FR",
        "left": 2,
        "admin_url": page("admin/catalog/product/9/change/"),
    }


def digest() -> Context:
    """Of a day with many orders."""
    orders = [
        {"number": 12, "customer": "Ada Lovelace", "total": usd("2920.57"), "status": status_label("processing")},
        {
            "number": 13,
            "customer": "Grace Hopper",
            "total": usd("599.99"),
            "status": status_label("pending"),
        },
    ]
    return {
        "day": day(date(2026, 11, 20)),
        "count": 22,
        "orders": orders,
        "more": 20,
        "totals": [usd("48211.60")],
        "admin_url": page("admin/orders/order/"),
    }


EXAMPLES: dict[str, Callable[[], Context]] = {
    "staff_webhook_parked": parked,
    "staff_money_returned": money_returned,
    "staff_refund_failed": refund_failed,
    "staff_dispute": dispute,
    "staff_dispute_closed": dispute_closed,
    "staff_low_stock": low_stock,
    "staff_digest": digest,
}
VARIANTS: dict[str, tuple[str, Callable[[], Context]]] = {
    "dispute_of_nothing": (
        "staff_dispute",
        lambda: {"subject": "", "reason": "", "due": "", "evidence": _(NO_EVIDENCE)},
    ),
    "low_stock_last": ("staff_low_stock", lambda: {"left": 1}),
    "digest_of_one": ("staff_digest", lambda: {"count": 1, "more": 0, "orders": digest()["orders"][:1]}),
}
