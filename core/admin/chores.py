"""How the last run of each chore went: to read, and to ask for one now."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from core.admin import badges
from core.admin.badges import badge
from core.admin.steps import ReadOnlyStepsAdmin, Step
from core.clock.models import ChoreRun

badges.register(running="info", succeeded="success", failed="danger", interrupted="danger")


def run_now(run: ChoreRun, *, by: object) -> str:
    """Ask the clock for a run."""
    run.request()
    return "It starts within seconds, where run_chores runs."


@admin.register(ChoreRun)
class ChoreRunAdmin(ReadOnlyStepsAdmin):
    """The chores that ran once at least, for admins."""

    list_display = ["name", "outcome_label", "started_at", "seconds", "succeeded_at", "message_label"]
    list_filter = [("outcome", ChoicesDropdownFilter)]
    fields = ["name", "outcome_label", *("started_at", "finished_at", "seconds", "succeeded_at"), "printed"]
    readonly_fields = ["outcome_label", "seconds", "printed"]
    steps = [
        Step(
            name="run-now",
            label="Run now",
            icon="play_arrow",
            variant="primary",
            permission="core.change_chorerun",
            offered=lambda run: run.outcome != ChoreRun.Outcome.RUNNING and not run.requested_at,
            run=run_now,
        )
    ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.view_chorerun")

    @admin.display(description="Outcome", ordering="outcome")
    def outcome_label(self, run: ChoreRun) -> SafeString:
        return badge(run.outcome, run.get_outcome_display())

    @admin.display(description="Duration", ordering="duration")
    def seconds(self, run: ChoreRun) -> str:
        return f"{run.duration.total_seconds():.1f} s" if run.duration is not None else ""

    @admin.display(description="Output")
    def message_label(self, run: ChoreRun) -> str:
        return (run.message.splitlines() or [""])[-1][:80]

    @admin.display(description="Output")
    def printed(self, run: ChoreRun) -> SafeString:
        return format_html('<pre class="gg-pre">{}</pre>', run.message)
