"""Payments: to read, with what went back of them, what is disputed, and their invoices."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter

from accounts.models import User
from core.admin.badges import amount_with_currency, badge, link
from core.admin.base import ReadOnlyAdmin, ReadOnlyInline
from core.admin.steps import ReadOnlyStepsAdmin, Step
from payments.admin.disputed import DisputeFilter, dispute_badge
from payments.admin.refunded import refuse_failed, said_of
from payments.models import Dispute, Invoice, Payment, Refund, SavedCard
from payments.refunds.services import send_refund_soon
from payments.sellables import thing_of
from payments.strays import send_back


class MoneyInline(ReadOnlyInline):
    """Rows with an amount."""

    @admin.display(description="Amount")
    def amount_label(self, row: Refund | Dispute | Invoice) -> str:
        currency = row.payment.currency if isinstance(row, Refund) else row.currency
        return amount_with_currency(row.amount, currency)


class RefundInline(MoneyInline):
    """What went back of a payment."""

    model = Refund
    fields = [
        *("refund_link", "amount_label", "reason", "asked_by", "status"),
        *("gateway_id", "failure_message", "created_at", "settled_at"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        asked: QuerySet[Refund] = super().get_queryset(request).select_related("asked_by", "payment")
        return asked

    @admin.display(description="Refund")
    def refund_link(self, refund: Refund) -> SafeString:
        return link(reverse("admin:payments_refund_change", args=[refund.pk]), f"#{refund.pk}")


class DisputeInline(MoneyInline):
    """What a bank wants back of a payment."""

    model = Dispute
    fields = ["dispute_link", "amount_label", "reason", "status", "opened_at", "evidence_due_at", "closed_at"]

    @admin.display(description="Dispute")
    def dispute_link(self, dispute: Dispute) -> SafeString:
        return link(reverse("admin:payments_dispute_change", args=[dispute.pk]), dispute.dispute_id)


class InvoiceInline(MoneyInline):
    """Its invoice, and the credit notes of what went back."""

    model = Invoice
    fk_name = "payment"
    verbose_name_plural = "Invoice and credit notes"
    fields = ["number_link", "kind", "amount_label", "issued_at", "pdf_link"]
    ordering = ["pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        invoices: QuerySet[Invoice] = super().get_queryset(request).defer("data")
        return invoices

    @admin.display(description="Number")
    def number_link(self, invoice: Invoice) -> SafeString:
        return link(reverse("admin:payments_invoice_change", args=[invoice.pk]), invoice.number)

    @admin.display(description="PDF")
    def pdf_link(self, invoice: Invoice) -> SafeString:
        return link(reverse("admin:payments_invoice_pdf", args=[invoice.pk]), "Open the PDF")


class StrayFilter(DropdownFilter):
    """Money that was not asked for."""

    title = "not asked for"
    parameter_name = "stray"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Money that was not asked for")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        return queryset.filter(came_for__isnull=False) if self.value() == "yes" else queryset


def send_all_back(stray: Payment, *, by: User) -> str:
    """Give back whatever is left of money that was not asked for. Raises NothingToReturn."""
    refund = send_back(stray, by=by)
    send_refund_soon(refund=refund)
    refund.refresh_from_db()
    refuse_failed([refund])
    return said_of(stray, [refund])


class PaymentDisputeFilter(DisputeFilter):
    """Payments that a bank asks about."""

    path = "payment"


@admin.register(Payment)
class PaymentAdmin(ReadOnlyStepsAdmin):
    """What was paid, and what was tried."""

    inlines = [InvoiceInline, RefundInline, DisputeInline]
    list_display = ["payment", "user", "amount_label", "status_label", "refunded", "gateway", "created_at"]
    list_select_related = ["user"]
    list_filter = [("status", ChoicesDropdownFilter), "gateway", "created_at", PaymentDisputeFilter, StrayFilter]
    list_filter_submit = True
    search_fields = ["intent_id", "charge_id", "user__email"]
    search_help_text = "Intent, charge or e-mail"
    fieldsets = [
        (None, {"fields": [("subject", "user", "status_label"), ("amount_label", "refunded"), "came_for_link"]}),
        ("Gateway", {"fields": [("gateway", "intent_id", "charge_id"), ("failure_code", "failure_message")]}),
        ("By hand", {"fields": [("taken_by", "note")]}),
        ("Times", {"fields": [("created_at", "updated_at", "settled_at")]}),
    ]
    readonly_fields = ["subject", "amount_label", "status_label", "refunded", "came_for_link"]
    steps = [
        Step(
            name="send-back",
            label="Send back",
            icon="undo",
            variant="primary",
            permission="payments.change_payment",
            question="All of this money goes back to whoever paid it: it was not asked for, and it pays for nothing.",
            offered=lambda payment: payment.came_for_id is not None and payment.refundable > 0,
            run=send_all_back,
        )
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        gravest = Dispute.objects.gravest(pk=OuterRef("pk"))
        return super().get_queryset(request).annotate(dispute_status=Subquery(gravest.values("status")[:1]))

    @admin.display(description="For")
    def subject(self, payment: Payment) -> SafeString | str:
        thing = thing_of(payment)
        return link(thing.admin_url, str(thing)) if thing else "-"

    @admin.display(description="Not asked for; it came for")
    def came_for_link(self, payment: Payment) -> SafeString | str:
        asked = payment.came_for
        return link(reverse("admin:payments_payment_change", args=[asked.pk]), str(asked)) if asked else "-"

    @admin.display(description="Payment", ordering="id")
    def payment(self, payment: Payment) -> str:
        return f"#{payment.pk}"

    @admin.display(description="Amount", ordering="amount")
    def amount_label(self, payment: Payment) -> str:
        return amount_with_currency(payment.amount, payment.currency)

    @admin.display(description="Status", ordering="status")
    def status_label(self, payment: Any) -> SafeString:
        status = badge(payment.status, payment.get_status_display())
        return format_html("{} {}", status, dispute_badge(payment.dispute_status))

    @admin.display(description="Refunded", ordering="refunded_amount", empty_value="-")
    def refunded(self, payment: Payment) -> str | None:
        return amount_with_currency(payment.refunded_amount, payment.currency) if payment.refunded_amount else None


@admin.register(SavedCard)
class SavedCardAdmin(ReadOnlyAdmin):
    """What a customer asks about on the telephone; the tokens that charge the cards are not shown."""

    list_display = ["card", "user", "expires", "is_default", "gateway", "created_at", "removed_at"]
    list_select_related = ["user"]
    list_filter = ["gateway", "brand", "created_at"]
    search_fields = ["user__email", "=last4"]
    search_help_text = "E-mail or last four digits"
    fields = ["user", "brand", "last4", "expires", "is_default", "gateway", "created_at", "removed_at"]
    readonly_fields = ["expires", "is_default"]

    @admin.display(description="Card", ordering="last4")
    def card(self, card: SavedCard) -> str:
        return str(card)

    @admin.display(description="Expires", ordering="exp_year")
    def expires(self, card: SavedCard) -> str:
        return f"{card.exp_month:02d}/{card.exp_year % 100:02d}"

    @admin.display(description="Default", boolean=True)
    def is_default(self, card: SavedCard) -> bool:
        return card.is_default
