"""Disputes: what a bank wants back, until when it wants to be answered, and what there is to answer with."""

from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from core.admin.badges import badge, link, money
from core.admin.base import ReadOnlyInline
from core.admin.steps import ReadOnlyStepsAdmin
from core.money import from_minor
from payments.admin.disputed import evidence_step
from payments.models import Dispute, DisputeMovement
from payments.subjects import subject_of


def subject_evidence(dispute: Dispute) -> tuple[str, bytes]:
    """The evidence of what the disputed payment paid; only asked where there is such a thing."""
    subject = subject_of(dispute.payment)
    assert subject is not None  # the step is not offered otherwise
    return subject.name, subject.evidence()


class MovementInline(ReadOnlyInline):
    """The money that the gateway took for the dispute, or gave back."""

    model = DisputeMovement
    fields = ["movement_id", "amount_label", "fee_label", "moved_at"]

    @admin.display(description="Amount")
    def amount_label(self, movement: DisputeMovement) -> str:
        """How it moved our balance."""
        return money(from_minor(movement.amount, movement.currency), movement.currency)

    @admin.display(description="Fee")
    def fee_label(self, movement: DisputeMovement) -> str:
        """What the gateway kept besides."""
        return money(from_minor(movement.fee, movement.currency), movement.currency)


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyStepsAdmin):
    """Disputes to read; they are answered at the gateway, with the evidence from here."""

    list_display = ["dispute_id", "subject", "customer", "amount_label", "reason_label", "status_label", "due"]
    list_select_related = ["payment__user"]
    list_filter = [("status", ChoicesDropdownFilter), "gateway", "opened_at"]
    search_fields = ["dispute_id", "payment__intent_id", "payment__charge_id", "payment__user__email"]
    search_help_text = "Dispute, intent, charge or e-mail"
    fieldsets = [
        (None, {"fields": [("subject", "payment", "customer"), ("amount_label", "reason_label", "status_label")]}),
        ("Bank", {"fields": [("gateway", "dispute_id"), ("opened_at", "evidence_due_at", "closed_at")]}),
    ]
    readonly_fields = ["subject", "customer", "amount_label", "reason_label", "status_label"]
    inlines = [MovementInline]
    steps = [
        evidence_step(
            permission="payments.view_dispute",
            make=subject_evidence,
            offered=lambda dispute: subject_of(dispute.payment) is not None,
        )
    ]

    @admin.display(description="About")
    def subject(self, dispute: Dispute) -> SafeString | str:
        """What was paid, leading to its page."""
        subject = subject_of(dispute.payment)
        return link(subject.admin_url, subject.label) if subject else "-"

    @admin.display(description="Customer", ordering="payment__user__email")
    def customer(self, dispute: Dispute) -> str:
        """Who paid."""
        return dispute.payment.user.email

    @admin.display(description="Amount", ordering="amount")
    def amount_label(self, dispute: Dispute) -> str:
        """How much is disputed."""
        return money(dispute.amount, dispute.currency)

    @admin.display(description="Reason", ordering="reason")
    def reason_label(self, dispute: Dispute) -> str:
        """What the bank says, in words."""
        return dispute.reason.replace("_", " ").capitalize()

    @admin.display(description="Status", ordering="status")
    def status_label(self, dispute: Dispute) -> SafeString:
        """The status in its colour."""
        return badge(dispute.status, dispute.get_status_display())

    @admin.display(description="Evidence due", ordering="evidence_due_at", empty_value="-")
    def due(self, dispute: Dispute) -> object:
        """Until when the bank takes an answer; nothing once it is decided."""
        return dispute.evidence_due_at if dispute.is_open else None
