"""Examples of the mails about an order."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from notifications.contexts import page, parcel, status_label
from notifications.examples.values import ADDRESS, INVOICE, PRODUCT, usd
from notifications.mails.notes import in_words
from notifications.outbox.queueing import Context


def order() -> Context:
    """Which order."""
    return {"order_id": 12, "order_url": page("orders/12")}


def lines() -> list[Context]:
    """What was bought: something with a short name, and something with a long one."""
    short, long = "Refurbished Laptop XPS 13", PRODUCT
    return [
        {"name": short, "sku": "XPS13-R-2025", "quantity": 1, "price": usd("599.99"), "subtotal": usd("599.99")},
        {"name": long, "sku": "TP-X1C9-32-1T-FR", "quantity": 2, "price": usd("1049"), "subtotal": usd("2098")},
    ]


def delivery() -> Context:
    """Where it goes."""
    return {"address": ADDRESS, "shipping_method": _("%(method)s shipping") % {"method": _("Standard")}}


def confirmation() -> Context:
    """Of a new order."""
    amounts = ((_("Subtotal"), "2697.99"), (_("Shipping"), "0"), (_("Tax"), "222.58"))
    return {
        **order(),
        **delivery(),
        "lines": lines(),
        "amounts": [{"label": label, "value": usd(amount)} for label, amount in amounts],
        "total": usd("2920.57"),
    }


def progress() -> Context:
    """Of an order that was paid."""
    note = in_words("Payment confirmed, processing order")
    return {**order(), "label": status_label("processing"), "note": note, "invoice": INVOICE}


def shipment() -> Context:
    """Of an order that is on its way."""
    return {
        **order(),
        **delivery(),
        **parcel(carrier="UPS", tracking_number="1Z999AA10123456784"),
        "lines": lines(),
    }


def refund() -> Context:
    """Of an order of which a piece came back."""
    return {
        **order(),
        "amount": usd("649.49"),
        "reason": "The screen is scratched",
        "pieces": [{"quantity": 1, "name": "Refurbished Laptop XPS 13"}],
        "by_hand": False,
        "credit_note": "CN-2027-000007",
    }


EXAMPLES: dict[str, Callable[[], Context]] = {
    "order_confirmation": confirmation,
    "order_status": progress,
    "order_paid": lambda: {**order(), "amount": usd("2920.57"), "invoice": INVOICE},
    "order_shipped": shipment,
    "order_delivered": lambda: {**order(), "note": "Handed to the neighbour at number 125"},
    "order_cancelled": lambda: {**order(), "note": in_words("Not paid within 60 minutes")},
    "order_refunded": refund,
}
VARIANTS: dict[str, tuple[str, Callable[[], Context]]] = {
    "status_bare": ("order_status", lambda: {"note": "", "invoice": ""}),
    "shipped_unknown_carrier": ("order_shipped", lambda: parcel(carrier="Ada's bicycle", tracking_number="AB-1")),
    "shipped_untracked": ("order_shipped", lambda: parcel(carrier="", tracking_number="")),
    "delivered_bare": ("order_delivered", lambda: {"note": ""}),
    "cancelled_bare": ("order_cancelled", lambda: {"note": ""}),
    "refunded_bare": ("order_refunded", lambda: {"reason": "", "pieces": [], "by_hand": True, "credit_note": ""}),
}
