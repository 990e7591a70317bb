"""The side bar of the back office: each app registers its own lines, this lays them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse, reverse_lazy


@dataclass(frozen=True)
class Entry:
    """A line that leads to a page of a model's admin, for those who may see the model.

    Lines stand by `order`; those with the same `section` share its headline, wherever they come from. `without`
    names admin pages below this one which have lines of their own.
    """

    section: str
    order: int
    title: str
    icon: str
    model: str
    page: str = "changelist"
    without: Sequence[str] = ()

    def item(self) -> dict[str, Any]:
        """The line as unfold wants it."""
        app, name = self.model.split(".")
        link = reverse_lazy(f"admin:{app}_{name}_{self.page}")

        def may_see(request: HttpRequest) -> bool:
            return bool(request.user.has_perm(f"{app}.view_{name}"))

        def is_open(request: HttpRequest) -> bool:
            others = tuple(reverse(f"admin:{other}") for other in self.without)
            return request.path.startswith(str(link)) and not request.path.startswith(others)

        return {"title": self.title, "icon": self.icon, "link": link, "permission": may_see, "active": is_open}


FIRST = {"items": [{"title": "Dashboard", "icon": "space_dashboard", "link": reverse_lazy("admin:index")}]}
entries: list[Entry] = []


def register(*lines: Entry) -> None:
    """Add an app's lines."""
    entries.extend(lines)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """All sections with their lines, as `UNFOLD["SIDEBAR"]["navigation"]`."""
    lines = sorted(entries, key=lambda entry: entry.order)
    sections = [
        {"title": title, "separator": True, "items": [entry.item() for entry in found]}
        for title, found in groupby(lines, key=lambda entry: entry.section)
    ]
    return [FIRST, *sections]


register(
    Entry("Settings", 830, "Chores", "event_repeat", "core.chorerun"),
    Entry("Settings", 840, "Background tasks", "schedule", "django_tasks_database.dbtaskresult"),
)
