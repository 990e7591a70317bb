"""Invoices and credit notes: to read and to download."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString, mark_safe
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display
from unfold.views import ChangeList

from core.admin.badges import amount_with_currency, badge, link
from core.admin.base import ReadOnlyAdmin
from core.documents.answers import pdf
from payments.admin.subjects import WithSubjects, subject_link
from payments.invoices.services import document_of
from payments.models import Invoice


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    """What was asked for and what was taken back, by number."""

    list_display = ["number", "kind_label", "buyer", "about", "amount_label", "issued_at", "download"]
    list_display_links = ["number"]
    list_filter = [("kind", ChoicesDropdownFilter), "year", ("issued_at", RangeDateTimeFilter)]
    list_filter_submit = True
    search_fields = ["number", "subject", "payment__user__email", "payment__charge_id", "payment__intent_id"]
    search_help_text = "Number, what it is for, e-mail, charge or intent"
    fieldsets = [
        (None, {"fields": [("number", "kind_label"), ("amount_label", "issued_at"), "download"]}),
        ("What it is for", {"fields": [("about", "payment_label"), ("corrects_label", "reason_label")]}),
        ("Content", {"fields": ["content", "data_sha256", "pdf_sha256"]}),
    ]
    readonly_fields = [
        *("kind_label", "amount_label", "download", "about", "payment_label"),
        *("corrects_label", "reason_label", "content", "pdf_sha256"),
    ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return WithSubjects

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.pdf_view)
        return [path("<int:pk>/pdf", view, name="payments_invoice_pdf"), *super().get_urls()]

    def pdf_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        invoice = Invoice.objects.filter(pk=pk).first()
        if invoice is None:
            raise Http404
        return pdf(bytes(document_of(invoice).content), name=invoice.file_name)

    @admin.display(description="Kind", ordering="kind")
    def kind_label(self, invoice: Invoice) -> SafeString:
        return badge(invoice.kind, invoice.get_kind_display())

    @display(description="Customer", header=True)
    def buyer(self, invoice: Invoice) -> list[str]:
        return [invoice.data["buyer"]["name"], invoice.data["buyer"]["email"]]

    @admin.display(description="Amount", ordering="amount")
    def amount_label(self, invoice: Invoice) -> str:
        return amount_with_currency(-invoice.amount if invoice.is_credit_note else invoice.amount, invoice.currency)

    @admin.display(description="PDF")
    def download(self, invoice: Invoice) -> SafeString:
        return link(reverse("admin:payments_invoice_pdf", args=[invoice.pk]), "Open the PDF")

    @admin.display(description="For", ordering="subject")
    def about(self, invoice: Invoice) -> SafeString | str:
        return subject_link(invoice) or str(invoice.data["title"])

    @admin.display(description="Payment")
    def payment_label(self, invoice: Invoice) -> SafeString:
        return link(reverse("admin:payments_payment_change", args=[invoice.payment_id]), invoice.payment)

    @admin.display(description="Corrects")
    def corrects_label(self, invoice: Invoice) -> SafeString | str:
        corrected = invoice.corrects
        if corrected is None:
            return "-"
        return link(reverse("admin:payments_invoice_change", args=[corrected.pk]), corrected)

    @admin.display(description="Reason")
    def reason_label(self, invoice: Invoice) -> str:
        return invoice.reason or "-"

    @admin.display(description="Lines")
    def content(self, invoice: Invoice) -> SafeString:
        return mark_safe(render_to_string("admin/payments/invoice_lines.html", {"data": invoice.data}))

    @admin.display(description="SHA-256 of the PDF")
    def pdf_sha256(self, invoice: Invoice) -> str:
        document = getattr(invoice, "document", None)
        return document.sha256 if document else "Not asked for yet"
