"""Payments and refunds: to read, and to try again."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from accounts.models import User
from core.admin.badges import badge, link, money
from core.admin.base import ReadOnlyAdmin, ReadOnlyInline
from core.admin.steps import ReadOnlyStepsAdmin, Step
from payments import refunds
from payments.admin.disputed import DisputeFilter, dispute_badge
from payments.admin.errors import StillFailing
from payments.models import Dispute, Payment, Refund
from payments.subjects import subject_of


def amount_of(row: Payment | Refund) -> str:
    """An amount with its currency."""
    return money(row.amount, row.currency if isinstance(row, Payment) else row.payment.currency)


class RefundInline(ReadOnlyInline):
    """What went back of a payment."""

    model = Refund
    fields = ["amount", "reason", "asked_by", "status", "gateway_id", "failure_message", "created_at", "settled_at"]


class DisputeInline(ReadOnlyInline):
    """What a bank wants back of a payment."""

    model = Dispute
    show_change_link = True
    fields = ["dispute_id", "amount", "reason", "status", "opened_at", "evidence_due_at", "closed_at"]


class PaymentDisputeFilter(DisputeFilter):
    """Payments that a bank asks about."""

    path = "payment"


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """What was paid, and what was tried."""

    inlines = [RefundInline, DisputeInline]
    list_display = ["payment", "user", "amount_label", "status_label", "refunded_amount", "gateway", "created_at"]
    list_select_related = ["user"]
    list_filter = [("status", ChoicesDropdownFilter), "gateway", "created_at", PaymentDisputeFilter]
    list_filter_submit = True
    search_fields = ["intent_id", "charge_id", "user__email"]
    search_help_text = "Intent, charge or e-mail"
    fieldsets = [
        (None, {"fields": [("subject", "user", "status_label"), ("amount_label", "refunded_amount")]}),
        ("Gateway", {"fields": [("gateway", "intent_id", "charge_id"), ("failure_code", "failure_message")]}),
        ("By hand", {"fields": [("taken_by", "note")]}),
        ("Times", {"fields": [("created_at", "updated_at", "settled_at")]}),
    ]
    readonly_fields = ["subject", "amount_label", "status_label"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        """With the gravest dispute of each."""
        gravest = Dispute.objects.gravest(pk=OuterRef("pk"))
        return super().get_queryset(request).annotate(dispute_status=Subquery(gravest.values("status")[:1]))

    @admin.display(description="For")
    def subject(self, payment: Payment) -> SafeString | str:
        """What it pays, leading to its page."""
        subject = subject_of(payment)
        return link(subject.admin_url, subject.label) if subject else "-"

    @admin.display(description="Payment", ordering="id")
    def payment(self, payment: Payment) -> str:
        """Its number."""
        return f"#{payment.pk}"

    @admin.display(description="Amount", ordering="amount")
    def amount_label(self, payment: Payment) -> str:
        """The amount with its currency."""
        return amount_of(payment)

    @admin.display(description="Status", ordering="status")
    def status_label(self, payment: Any) -> SafeString:
        """Where it stands, and whether a bank wants it back."""
        status = badge(payment.status, payment.get_status_display())
        return format_html("{} {}", status, dispute_badge(payment.dispute_status))


def try_refund(refund: Refund, *, by: User) -> str:
    """Ask the gateway again for a refund that waits. Raises GatewayUnavailable."""
    sent = refunds.send_refund(refund=refund)
    if sent.status != Refund.Status.SUCCEEDED:
        raise StillFailing(sent.failure_message or "The refund still waits.")
    return "The money went back."


@admin.register(Refund)
class RefundAdmin(ReadOnlyStepsAdmin):
    """Money on its way back."""

    list_display = ["refund", "payment", "amount_label", "reason", "status_label", "created_at", "settled_at"]
    list_select_related = ["payment"]
    list_filter = [("status", ChoicesDropdownFilter), "created_at"]
    search_fields = ["gateway_id", "payment__intent_id", "payment__user__email", "reason"]
    fields = [
        *("payment", "amount_label", "status_label", "reason", "asked_by"),
        *("gateway_id", "failure_message", "created_at", "settled_at"),
    ]
    readonly_fields = ["amount_label", "status_label"]
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

    @admin.display(description="Refund", ordering="id")
    def refund(self, refund: Refund) -> str:
        """Its number."""
        return f"#{refund.pk}"

    @admin.display(description="Amount", ordering="amount")
    def amount_label(self, refund: Refund) -> str:
        """The amount with its currency."""
        return amount_of(refund)

    @admin.display(description="Status", ordering="status")
    def status_label(self, refund: Refund) -> SafeString:
        """The status in its colour."""
        return badge(refund.status, refund.get_status_display())
