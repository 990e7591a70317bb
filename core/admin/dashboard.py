"""The first page of the back office: each app registers its widgets, this lays them out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

Place = Literal["tiles", "full", "wide", "side"]


@dataclass(frozen=True)
class Widget:
    """A part of the page: a template, shown with what `figures` counts and with the shop's `currency`.

    Widgets with the same `figures` share one count.

    `place` is a row of "tiles", a section over the "full" width below them, or below that in the "wide" or the
    "side" column. Widgets of a place stand by `order`; tiles whose `order` has the same hundreds share a row.
    """

    place: Place
    order: int
    template: str
    figures: Callable[[], dict[str, Any]]


widgets: list[Widget] = []


def register(*parts: Widget) -> None:
    """Add an app's widgets."""
    widgets.extend(parts)


def page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of admin/index.html, as `UNFOLD["DASHBOARD_CALLBACK"]`: the widgets of each place, rendered."""
    places: dict[str, list[SafeString]] = {"full": [], "wide": [], "side": []}
    rows: dict[int, list[SafeString]] = {}
    figures = {count: count() for count in {widget.figures for widget in widgets}}
    for widget in sorted(widgets, key=lambda widget: widget.order):
        shelf = rows.setdefault(widget.order // 100, []) if widget.place == "tiles" else places[widget.place]
        shown = {"currency": settings.CURRENCY, **figures[widget.figures]}
        shelf.append(render_to_string(widget.template, shown, request))
    return {**context, **places, "title": "Dashboard", "tiles": list(rows.values())}
