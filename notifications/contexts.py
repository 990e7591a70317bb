"""What the templates are told: plain values, ready to print in the language that is active."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from core.text import address_lines
from notifications.mails.carriers import tracking_url
from notifications.mails.formatting import greeting_name, money
from notifications.mails.rendering import SECRET_MARK
from orders.models import Order

# For the translators: words that reach `_` by a variable. Another method of shipping keeps the name it has.
WORDS = (
    gettext_noop("Pending"),
    gettext_noop("Processing"),
    gettext_noop("Shipped"),
    gettext_noop("Delivered"),
    gettext_noop("Cancelled"),
    gettext_noop("Standard"),
    gettext_noop("Express"),
    gettext_noop("Overnight"),
)


def page(path: str) -> str:
    """The address of a page of the shop's web site."""
    return f"{settings.SITE_URL}/{path}"


def greeting(user: User) -> dict[str, Any]:
    """Whom the mail speaks to."""
    return {"name": greeting_name(user.first_name)}


def secret_link(path: str, *, lifetime: timedelta) -> dict[str, Any]:
    """A link in which the token is still missing, and for how long it is good."""
    hours = f"{lifetime.total_seconds() / 3600:g}"
    return {
        "link": page(f"{path}?token={SECRET_MARK}"),
        "valid_for": _("1 hour") if hours == "1" else _("%(hours)s hours") % {"hours": hours},
    }


def order(subject: Order) -> dict[str, Any]:
    """Which order, and where to see it."""
    return {"order_id": subject.pk, "order_url": page(f"orders/{subject.pk}")}


def status_label(status: str) -> str:
    """What the reader calls an order's status."""
    return _(Order.Status(status).label)


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
    parts = {
        _("Subtotal"): subject.subtotal,
        _("Shipping"): subject.shipping_total,
        _("Tax"): subject.tax_total,
    }
    return [{"label": label, "value": money(amount, subject.currency)} for label, amount in parts.items()]


def delivery(subject: Order) -> dict[str, Any]:
    """Where an order goes, and how."""
    method = _(subject.shipping_method.replace("-", " ").capitalize())
    return {
        "address": address_lines(subject.shipping_address),
        "shipping_method": _("%(method)s shipping") % {"method": method},
    }


def parcel(*, carrier: str, tracking_number: str) -> dict[str, str]:
    """Who carries a parcel, under which number, and where to follow it; "" for what is not known."""
    return {
        "carrier": carrier,
        "tracking_number": tracking_number,
        "tracking_url": tracking_url(carrier=carrier, number=tracking_number),
    }
