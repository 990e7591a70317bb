"""Refunds: to read, and to try again."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.views import ChangeList

from accounts.models import User
from core.admin.badges import amount_with_currency, badge, link
from core.admin.steps import ReadOnlyStepsAdmin, Step
from core.errors import DomainError
from payments.admin.subjects import WithSubjects, subject_link
from payments.models import Refund
from payments.refunds.services import send_refund


class StillFailing(DomainError):
    """The gateway or our own handler refused again."""

    code = "still_failing"


def try_refund(refund: Refund, *, by: User) -> str:
    """Ask the gateway again for a refund that waits. Raises GatewayUnavailable."""
    sent = send_refund(refund=refund)
    if sent.status != Refund.Status.SUCCEEDED:
        raise StillFailing(sent.failure_message or "The refund still waits.")
    return "The money went back."


@admin.register(Refund)
class RefundAdmin(ReadOnlyStepsAdmin):
    """Money on its way back."""

    list_display = [
        *("refund", "subject", "payment_link", "customer", "amount_label"),
        *("reason", "asked_by", "status_label", "created_at"),
    ]
    list_display_links = ["refund"]
    list_select_related = ["payment__user", "asked_by"]
    list_filter = [("status", ChoicesDropdownFilter), ("created_at", RangeDateTimeFilter)]
    list_filter_submit = True
    search_fields = ["gateway_id", "payment__intent_id", "payment__user__email", "reason"]
    search_help_text = "Refund or intent at the gateway, e-mail or reason"
    fieldsets = [
        (
            None,
            {"fields": [("subject", "payment", "customer"), ("amount_label", "status_label", "credit_note_link")]},
        ),
        ("Why", {"fields": [("reason", "asked_by")]}),
        ("Gateway", {"fields": [("gateway_id", "failure_message")]}),
        ("Times", {"fields": [("created_at", "settled_at")]}),
    ]
    readonly_fields = ["subject", "customer", "amount_label", "status_label", "credit_note_link"]
    steps = [
        Step(
            name="try-again",
            label="Try again",
            icon="replay",
            variant="primary",
            permission="payments.change_refund",
            offered=lambda refund: refund.status == Refund.Status.PENDING,
            run=try_refund,
        )
    ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return WithSubjects

    @admin.display(description="Refund", ordering="id")
    def refund(self, refund: Refund) -> str:
        return f"#{refund.pk}"

    @admin.display(description="Of")
    def subject(self, refund: Refund) -> SafeString | str:
        return subject_link(refund) or "-"

    @admin.display(description="Payment", ordering="payment")
    def payment_link(self, refund: Refund) -> SafeString:
        return link(reverse("admin:payments_payment_change", args=[refund.payment_id]), f"#{refund.payment_id}")

    @admin.display(description="Customer", ordering="payment__user__email")
    def customer(self, refund: Refund) -> str:
        return refund.payment.user.email

    @admin.display(description="Amount", ordering="amount")
    def amount_label(self, refund: Refund) -> str:
        return amount_with_currency(refund.amount, refund.payment.currency)

    @admin.display(description="Status", ordering="status")
    def status_label(self, refund: Refund) -> SafeString:
        return badge(refund.status, refund.get_status_display())

    @admin.display(description="Credit note")
    def credit_note_link(self, refund: Refund) -> SafeString | str:
        note = getattr(refund, "credit_note", None)
        return link(reverse("admin:payments_invoice_change", args=[note.pk]), note.number) if note else "-"
