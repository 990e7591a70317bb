"""What the pages of the back office need to show statuses and amounts."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from core.admin.badges import COLOURS, money

register = template.Library()


@register.simple_tag
def badge(status: str, text: str) -> SafeString:
    """A status in its colour."""
    context = {"text": text, "type": COLOURS.get(status, "default")}
    return mark_safe(render_to_string("unfold/helpers/label.html", context))


@register.simple_tag
def amount(value: Any, currency: str) -> str:
    """An amount with its currency."""
    return money(value, currency)
