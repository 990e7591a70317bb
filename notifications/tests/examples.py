"""A context for every kind, as the receivers make it: used by tests and to look at the mails."""

from typing import Any

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


def link(path: str, valid_for: str) -> dict[str, str]:
    return {"name": "Ada", "link": LINK.format(path), "valid_for": valid_for}


CONTEXTS: dict[str, dict[str, Any]] = {
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
    },
    "order_shipped": {
        **ORDER,
        **DELIVERY,
        "lines": LINES,
        "carrier": "UPS",
        "tracking_number": "1Z999AA10123456784",
    },
}
