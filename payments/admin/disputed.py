"""What the pages of disputes and of what is disputed share: badge, filter, and the button for the evidence."""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter

from accounts.models import User
from core.admin.badges import badge
from core.admin.steps import Step
from payments.disputes.evidence import evidence_file
from payments.models import Dispute
from payments.payables import Payable


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
        return [("open", "Open"), ("lost", "Lost"), ("any", "Any")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        statuses = self.statuses.get(self.value() or "")
        if statuses is None:
            return queryset
        theirs = {self.path: OuterRef("pk"), "status__in": statuses}
        return queryset.filter(Exists(Dispute.objects.filter(**theirs)))


def evidence_step(*, permission: str, thing: Callable[[Any], Payable | None] = lambda record: record) -> Step:
    """The button that hands out the evidence of a record's `thing`; there is none where nothing is known of it."""

    def hand_out(record: Any, *, by: User) -> HttpResponse:
        name, content = evidence_file(thing(record))
        answer = HttpResponse(content, content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    return Step(
        name="evidence",
        label="Evidence",
        icon="folder_zip",
        permission=permission,
        offered=lambda record: thing(record) is not None,
        run=hand_out,
    )
