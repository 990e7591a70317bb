"""What the templates are told: plain values, ready to print."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from accounts.models import User
from core.text import address_lines, money
from notifications.formatting import greeting_name
from notifications.rendering import SECRET_MARK
from orders.models import Order


def page(path: str) -> str:
    """The address of a page of the shop's web site."""
    return f"{settings.SITE_URL}/{path}"


def greeting(user: User) -> dict[str, Any]:
    """Whom the mail speaks to."""
    return {"name": greeting_name(user.first_name)}


def secret_link(path: str, *, lifetime: timedelta) -> dict[str, Any]:
    """A link in which the token is still missing, and for how long it is good."""
    hours = lifetime.total_seconds() / 3600
    return {
        "link": page(f"{path}?token={SECRET_MARK}"),
        "valid_for": "1 hour" if hours == 1 else f"{hours:g} hours",
    }


def order(subject: Order) -> dict[str, Any]:
    """Which order, and where to see it."""
    return {"order_id": subject.pk, "order_url": page(f"orders/{subject.pk}")}


def lines(subject: Order) -> list[dict[str, Any]]:
    """The lines of an order as they were bought."""
    return [
        {
            "name": line.product_name,
            "sku": line.sku,
            "quantity": line.quantity,
            "price": money(line.price, subject.currency),
            "subtotal": money(line.subtotal, subject.currency),
        }
        for line in subject.lines.all()
    ]


def amounts(subject: Order) -> list[dict[str, str]]:
    """What the total is made of."""
    parts = (("Subtotal", subject.subtotal), ("Shipping", subject.shipping_total), ("Tax", subject.tax_total))
    return [{"label": label, "value": money(amount, subject.currency)} for label, amount in parts]


def delivery(subject: Order) -> dict[str, Any]:
    """Where an order goes, and how."""
    return {
        "address": address_lines(subject.shipping_address),
        "shipping_method": f"{subject.shipping_method.replace('-', ' ').capitalize()} shipping",
    }
