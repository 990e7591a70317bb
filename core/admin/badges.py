"""Colours of statuses, the same on every page."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.text import with_currency

# Colour by status. What a colour means to whoever looks: success is good, warning waits, danger is bad, info and
# primary are under way.
colours: dict[str, str] = {}


def register(**owned: str) -> None:
    """Add an app's statuses with their colours. Raises ValueError where a status has another colour already."""
    for status, colour in owned.items():
        if colours.setdefault(status, colour) != colour:
            raise ValueError(f"{status} cannot be {colour}, it is {colours[status]}")


def badge(status: str, text: object) -> SafeString:
    """A status in its colour."""
    context = {"text": text, "type": colours.get(status, "default")}
    return mark_safe(render_to_string("unfold/helpers/label.html", context))


def link(url: str, text: object) -> SafeString:
    """A link in the colour of links."""
    return format_html('<a class="gg-link" href="{}">{}</a>', url, text)


def page_of(row: Any, text: object = None) -> SafeString:
    """A link to the row's page."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return link(reverse(name, args=[row.pk]), str(row) if text is None else text)


def amount_with_currency(amount: object, currency: str) -> str:
    """An amount as people read it: `1,234.50 USD`, `₦1,250.00`."""
    return with_currency(f"{amount:,.2f}", currency)
