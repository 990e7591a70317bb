"""Disputes: what a bank wants back, until when it wants to be answered, and what there is to answer with."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter
from unfold.views import ChangeList

from core.admin.badges import amount_with_currency, badge, link
from core.admin.base import ReadOnlyInline
from core.admin.steps import ReadOnlyStepsAdmin
from core.money import from_minor
from payments.admin.disputed import evidence_step
from payments.admin.subjects import WithSubjects, subject_link
from payments.models import Dispute, DisputeMovement
from payments.sellables import thing_of

SOON = 3  # days before the bank's deadline from which on it is shown in red


class MovementInline(ReadOnlyInline):
    """The money that the gateway took for the dispute, or gave back."""

    model = DisputeMovement
    fields = ["movement_id", "amount_label", "fee_label", "moved_at"]

    @admin.display(description="Amount")
    def amount_label(self, movement: DisputeMovement) -> str:
        return amount_with_currency(from_minor(movement.amount, movement.currency), movement.currency)

    @admin.display(description="Fee")
    def fee_label(self, movement: DisputeMovement) -> str:
        return amount_with_currency(from_minor(movement.fee, movement.currency), movement.currency)


class StageFilter(DropdownFilter):
    """What became of them; an unknown choice filters nothing."""

    title = "stage"
    parameter_name = "stage"
    statuses = {
        "open": Dispute.OPEN,
        "won": (Dispute.Status.WON, Dispute.Status.PREVENTED),
        "lost": (Dispute.Status.LOST,),
        "closed": (Dispute.Status.WARNING_CLOSED,),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open"), ("won", "Won or prevented"), ("lost", "Lost"), ("closed", "Question closed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Dispute]) -> QuerySet[Dispute]:
        statuses = self.statuses.get(self.value() or "")
        return queryset if statuses is None else queryset.filter(status__in=statuses)


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyStepsAdmin):
    """Disputes to read; they are answered at the gateway, with the evidence from here."""

    list_display = [
        *("number", "subject", "payment_link", "customer"),
        *("amount_label", "reason_label", "status_label", "due"),
    ]
    list_select_related = ["payment__user"]
    list_filter = [StageFilter, "gateway", "opened_at"]
    list_filter_submit = True
    search_fields = ["dispute_id", "payment__intent_id", "payment__charge_id", "payment__user__email"]
    search_help_text = "Dispute, intent, charge or e-mail"
    fieldsets = [
        (None, {"fields": [("subject", "payment", "customer"), ("amount_label", "reason_label", "status_label")]}),
        ("Bank", {"fields": [("gateway", "dispute_id"), ("opened_at", "due", "closed_at")]}),
    ]
    readonly_fields = ["subject", "customer", "amount_label", "reason_label", "status_label", "due"]
    inlines = [MovementInline]
    steps = [evidence_step(permission="payments.view_dispute", thing=lambda dispute: thing_of(dispute.payment))]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return WithSubjects

    @admin.display(description="Dispute", ordering="id")
    def number(self, dispute: Dispute) -> str:
        return f"#{dispute.pk}"

    @admin.display(description="About")
    def subject(self, dispute: Dispute) -> SafeString | str:
        return subject_link(dispute) or "-"

    @admin.display(description="Payment", ordering="payment")
    def payment_link(self, dispute: Dispute) -> SafeString:
        return link(reverse("admin:payments_payment_change", args=[dispute.payment_id]), f"#{dispute.payment_id}")

    @admin.display(description="Customer", ordering="payment__user__email")
    def customer(self, dispute: Dispute) -> str:
        return dispute.payment.user.email

    @admin.display(description="Amount", ordering="amount")
    def amount_label(self, dispute: Dispute) -> str:
        return amount_with_currency(dispute.amount, dispute.currency)

    @admin.display(description="Reason", ordering="reason")
    def reason_label(self, dispute: Dispute) -> str:
        return dispute.reason.replace("_", " ").capitalize()

    @admin.display(description="Status", ordering="status")
    def status_label(self, dispute: Dispute) -> SafeString:
        return badge(dispute.status, dispute.get_status_display())

    @admin.display(description="Evidence due", ordering="evidence_due_at", empty_value="-")
    def due(self, dispute: Dispute) -> SafeString | None:
        if not dispute.is_open or dispute.evidence_due_at is None:
            return None
        left = (dispute.evidence_due_at - timezone.now()).days
        text = "Too late" if left < 0 else "Today" if left == 0 else f"In {left} day{'' if left == 1 else 's'}"
        return format_html(
            "{} {}",
            f"{dispute.evidence_due_at:%b %-d, %H:%M}",
            badge("overdue" if left < SOON else "due", text),
        )
