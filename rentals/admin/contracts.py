"""Contracts and their chain of events: to read and to prove, never to edit."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from core.admin.base import ReadOnlyInline
from core.admin.steps import ReadOnlyStepsAdmin, Step
from rentals.admin.columns import rental_link
from rentals.admin.steps import verify_contract
from rentals.models import Contract, ContractEvent


class EventInline(ReadOnlyInline):
    """What happened to the contract, in order."""

    model = ContractEvent
    fields = ["number", "kind", "at", "facts", "proof"]
    hide_title = True

    @admin.display(description="What was recorded")
    def facts(self, event: ContractEvent) -> SafeString:
        return format_html_join("", '<span class="gg-block gg-hash">{}: {}</span>', sorted(event.data.items()))

    @admin.display(description="Hash")
    def proof(self, event: ContractEvent) -> SafeString:
        return format_html('<span class="gg-hash">{}</span>', event.hash)


@admin.register(Contract)
class ContractAdmin(ReadOnlyStepsAdmin):
    """Contracts as they were written and signed."""

    inlines = [EventInline]
    list_display = ["contract", "customer", "rental_label", "template", "created_at", "signed_label", "signer_name"]
    list_display_links = ["contract"]
    list_select_related = ["rental__user"]
    list_filter = ["jurisdiction", "created_at", "signed_at"]
    search_fields = ["id__exact", "rental__user__email", "signer_name", "text_sha256", "pdf_sha256"]
    search_help_text = "Number, customer, signer or SHA-256"
    fieldsets = [
        (None, {"fields": [("rental_label", "template", "created_at")]}),
        (
            "Signature",
            {"fields": [("signer_name", "signed_at", "signature_ip"), ("user_agent", "consent_version")]},
        ),
        ("Checksums", {"fields": ["text_sha256", "pdf_sha256", "chain_head"]}),
        ("Text", {"fields": ["words"]}),
    ]
    readonly_fields = ["rental_label", "template", "words"]
    steps = [
        Step(
            name="verify",
            label="Verify the contract",
            icon="verified_user",
            permission="rentals.view_contract",
            offered=lambda contract: True,
            run=verify_contract,
        )
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contract]:
        return super().get_queryset(request).defer("terms", "text")

    @admin.display(description="Contract", ordering="id")
    def contract(self, contract: Contract) -> str:
        return f"#{contract.pk}"

    @display(description="Customer", ordering="rental__user__email", header=True)
    def customer(self, contract: Contract) -> list[str]:
        return [str(contract.rental.user), contract.rental.user.email]

    @admin.display(description="Rental", ordering="rental")
    def rental_label(self, contract: Contract) -> SafeString:
        return rental_link(contract.rental)

    @admin.display(description="Template")
    def template(self, contract: Contract) -> str:
        return f"{contract.template_version}, {contract.language}, {contract.jurisdiction}"

    @display(description="State", ordering="signed_at", label={"signed": "success", "unsigned": "warning"})
    def signed_label(self, contract: Contract) -> tuple[str, str]:
        return ("signed", "Signed") if contract.is_signed else ("unsigned", "Not signed")

    @admin.display(description="Text")
    def words(self, contract: Contract) -> SafeString:
        return format_html('<pre class="gg-pre">{}</pre>', contract.text)
