"""Colours of statuses, the same on every page."""

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# What a status means to whoever looks: good, waiting, bad, under way.
COLOURS = {
    "pending": "warning",
    "processing": "info",
    "shipped": "primary",
    "delivered": "success",
    "cancelled": "danger",
    "paid": "success",
    "invoice": "primary",
    "credit_note": "info",
    "partially_refunded": "info",
    "refunded": "info",
    "failed": "danger",
    "running": "info",
    "interrupted": "danger",
    "created": "warning",
    "requires_action": "warning",
    "succeeded": "success",
    "received": "warning",
    "handled": "success",
    "ignored": "default",
    "parked": "danger",
    "open": "success",
    "ended": "default",
    "in_stock": "success",
    "reserved": "warning",
    "sold": "primary",
    "rented": "primary",
    "returned": "info",
    "in_repair": "danger",
    "retired": "default",
    "active": "success",
    "completed": "primary",
    "overdue": "danger",
    "due": "warning",
    "unpaid": "danger",
    "waived": "info",
    "queued": "warning",
    "declined": "danger",
    "warning_needs_response": "warning",
    "warning_under_review": "info",
    "needs_response": "danger",
    "under_review": "warning",
    "prevented": "success",
    "won": "success",
    "lost": "danger",
    "needs_customer": "warning",
    "sent": "info",
    "opened": "primary",
    "clicked": "primary",
    "deferred": "warning",
    "bounced": "danger",
    "complained": "danger",
    "rejected": "danger",
    "suppressed": "danger",
    "stopped": "danger",
}


def badge(status: str, text: object) -> SafeString:
    """A status in its colour."""
    context = {"text": text, "type": COLOURS.get(status, "default")}
    return mark_safe(render_to_string("unfold/helpers/label.html", context))


def link(url: str, text: object) -> SafeString:
    """A link in the colour of links."""
    return format_html('<a class="gg-link" href="{}">{}</a>', url, text)


def money(amount: object, currency: str) -> str:
    """An amount as people read it: `1,234.50 USD`."""
    return f"{amount:,.2f} {currency}"
