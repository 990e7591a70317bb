"""What the pages of orders, rentals and disputes share: the badge, the filter, and the button for the evidence."""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter

from accounts.models import User
from core.admin.badges import badge
from core.admin.steps import Step
from payments.models import Dispute


def dispute_badge(status: str | None) -> SafeString:
    """That a bank wants the money back, or has it; nothing where none does. `status` is the gravest dispute's."""
    if not status:
        return SafeString("")
    return badge(status, "Dispute lost" if status == Dispute.Status.LOST else "Disputed")


class DisputeFilter(DropdownFilter):
    """Records that a bank asks about. `path` leads from a dispute to the record."""

    title = "dispute"
    parameter_name = "disputed"
    path = ""
    statuses = {"open": Dispute.OPEN, "lost": (Dispute.Status.LOST,), "any": tuple(Dispute.Status.values)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices."""
        return [("open", "Open"), ("lost", "Lost"), ("any", "Any")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The records with such a dispute; an unknown choice filters nothing."""
        statuses = self.statuses.get(self.value() or "")
        if statuses is None:
            return queryset
        theirs = {self.path: OuterRef("pk"), "status__in": statuses}
        return queryset.filter(Exists(Dispute.objects.filter(**theirs)))


def evidence_step(
    *,
    permission: str,
    make: Callable[[Any], tuple[str, bytes]],
    offered: Callable[[Any], bool] = lambda record: True,
) -> Step:
    """The button that hands out the evidence. `make` gives its name and its ZIP for a record."""

    def hand_out(record: Any, *, by: User) -> HttpResponse:
        name, content = make(record)
        answer = HttpResponse(content, content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="{name}-evidence.zip"'
        return answer

    return Step(
        name="evidence",
        label="Evidence",
        icon="folder_zip",
        permission=permission,
        offered=offered,
        run=hand_out,
    )
