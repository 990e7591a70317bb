"""A context for every kind, as the receivers make it: used by tests and to look at the mails."""

from typing import Any

from notifications.tests.rental_examples import RENTAL_CONTEXTS

LINES = [
    {
        "name": "Refurbished Laptop XPS 13",
        "sku": "XPS13-R-2025",
        "quantity": 1,
        "price": "$599.99",
        "subtotal": "$599.99",
    },
    {
        "name": "ThinkPad X1 Carbon Gen 9, 14 inch, 32 GB, 1 TB SSD, French keyboard",
        "sku": "TP-X1C9-32-1T-FR",
        "quantity": 2,
        "price": "$1,049.00",
        "subtotal": "$2,098.00",
    },
]
ADDRESS = ["Ada Lovelace", "123 Main St", "San Francisco, CA 94107", "US"]
LINK = "http://localhost:8000/{}?token=hidden-until-sent"
ORDER = {"order_id": 12, "order_url": "http://localhost:8000/orders/12"}
DELIVERY = {"address": ADDRESS, "shipping_method": "Standard shipping"}
AMOUNTS = [
    {"label": "Subtotal", "value": "$2,697.99"},
    {"label": "Shipping", "value": "$0.00"},
    {"label": "Tax", "value": "$222.58"},
]
DISPUTE = {
    "subject": "Order #12",
    "payment_id": 9,
    "customer": "ada@example.com",
    "admin_url": "http://localhost:8000/admin/payments/dispute/9/change/",
}


def link(path: str, valid_for: str) -> dict[str, str]:
    return {"name": "Ada", "link": LINK.format(path), "valid_for": valid_for}


CONTEXTS: dict[str, dict[str, Any]] = {
    **RENTAL_CONTEXTS,
    "staff_webhook_parked": {
        "kind": "payment_intent.succeeded",
        "event_id": "evt_9",
        "error": "AmountMismatch: 1.00 EUR for 599.99 USD.",
        "admin_url": "http://localhost:8000/admin/payments/webhookevent/9/change/",
    },
    "staff_money_returned": {
        "payment_id": 9,
        "amount": "$599.99",
        "customer": "ada@example.com",
        "why": "Order #12 could no longer be paid",
        "admin_url": "http://localhost:8000/admin/payments/payment/9/change/",
    },
    "staff_dispute": {
        **DISPUTE,
        "headline": "$599.99 is disputed",
        "reason": "product not received",
        "due": "November 28, 2026",
        "evidence": "The page of the dispute has the evidence as one file, to hand in at the payment provider.",
    },
    "staff_dispute_closed": {
        **DISPUTE,
        "headline": "The dispute over $599.99 is lost",
        "what": "The money stays with the payer.",
    },
    "welcome": {**link("verify-email", "24 hours"), "shop_url": "http://localhost:8000/products"},
    "verify_email": link("verify-email", "24 hours"),
    "password_reset": link("reset-password", "1 hour"),
    "password_changed": {
        "name": "Ada",
        "email": "ada@example.com",
        "reset_url": "http://localhost:8000/forgot-password",
    },
    "order_confirmation": {**ORDER, **DELIVERY, "lines": LINES, "amounts": AMOUNTS, "total": "$2,920.57"},
    "order_status": {
        **ORDER,
        "status": "processing",
        "label": "Processing",
        "note": "Payment confirmed, processing order",
        "invoice": "2027-000411",
    },
    "order_refunded": {
        **ORDER,
        "amount": "$649.49",
        "reason": "The screen is scratched",
        "pieces": [{"quantity": 1, "name": "Refurbished Laptop XPS 13"}],
        "by_hand": False,
        "credit_note": "CN-2027-000007",
    },
    "order_paid": {**ORDER, "amount": "$2,920.57", "invoice": "2027-000411"},
    "order_shipped": {
        **ORDER,
        **DELIVERY,
        "lines": LINES,
        "carrier": "UPS",
        "tracking_number": "1Z999AA10123456784",
    },
}
