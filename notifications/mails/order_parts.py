"""What the mails about an order have in common."""

from typing import TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from core.text import address_lines
from notifications.mails.base import Group, Mail
from notifications.mails.parts import ADDRESS, PRODUCT, page, usd
from notifications.mails.wording import localized_money
from orders.models import Order
from payments.models import Payment

ORDERS = Group("orders", gettext_lazy("Your orders"))
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


class OrderFacts(TypedDict):
    """Which order, and where to see it."""

    order_id: int
    order_url: str


class Delivery(TypedDict):
    """Where an order goes, and how."""

    address: list[str]
    shipping_method: str


class Line(TypedDict):
    """A line of an order as it was bought."""

    name: str
    sku: str
    quantity: int
    price: str
    subtotal: str


class Amount(TypedDict):
    """A part of the total."""

    label: str
    value: str


class Piece(TypedDict):
    """What of an order was refunded."""

    quantity: int
    name: str


def order_facts(order_id: int) -> OrderFacts:
    """Which order, and where to see it."""
    return {"order_id": order_id, "order_url": page(f"orders/{order_id}")}


def status_label(status: str) -> str:
    """What the reader calls an order's status."""
    return _(Order.Status(status).label)


def order_lines(order: Order) -> list[Line]:
    return [
        {
            "name": line.product_name,
            "sku": line.sku,
            "quantity": line.quantity,
            "price": localized_money(line.price, order.currency),
            "subtotal": localized_money(line.subtotal, order.currency),
        }
        for line in order.lines.all()
    ]


def delivery(order: Order) -> Delivery:
    method = _(order.shipping_method.replace("-", " ").capitalize())
    return {
        "address": address_lines(order.shipping_address),
        "shipping_method": _("%(method)s shipping") % {"method": method},
    }


def example_lines() -> list[Line]:
    short, long = "Refurbished Laptop XPS 13", PRODUCT
    return [
        {"name": short, "sku": "XPS13-R-2025", "quantity": 1, "price": usd("599.99"), "subtotal": usd("599.99")},
        {"name": long, "sku": "TP-X1C9-32-1T-FR", "quantity": 2, "price": usd("1049"), "subtotal": usd("2098")},
    ]


def example_delivery() -> Delivery:
    return {"address": ADDRESS, "shipping_method": _("%(method)s shipping") % {"method": _("Standard")}}


def order_of(payment: Payment) -> Order | None:
    return Order.objects.filter(order_payments__payment=payment).select_related("user").first()


class OrderMail(Mail):
    group = ORDERS
    notice_link = "order_url"

    def __init__(self, order: Order, *, event: str) -> None:
        self.order, self.user, self.event = order, order.user, event
        self.facts = order_facts(order.pk)
