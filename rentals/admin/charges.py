"""What autopay tried: each charge, and why one did not go through."""

from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from core.admin.badges import amount_with_currency, badge
from core.admin.base import ReadOnlyAdmin
from rentals.admin.columns import FoundByNumber, rental_link
from rentals.models import ChargeAttempt


@admin.register(ChargeAttempt)
class ChargeAttemptAdmin(FoundByNumber, ReadOnlyAdmin):
    """Tries to charge saved cards, the newest first."""

    number_path = "installment__rental__id"
    list_display = ["attempt", "customer", "rental", "due", "amount_label", "status_label", "failure", "created_at"]
    list_display_links = ["attempt"]
    list_select_related = ["installment__rental__user"]
    list_filter = [("status", ChoicesDropdownFilter), "created_at"]
    search_fields = ["installment__rental__id__exact", "installment__rental__user__email", "failure_code"]
    search_help_text = "Number of the rental, customer or failure code"
    fieldsets = [
        (None, {"fields": [("rental", "installment", "number"), ("status_label", "amount_label")]}),
        ("Refusal", {"fields": [("failure_code", "failure_message")]}),
        ("Times", {"fields": [("created_at", "finished_at", "lease_until")]}),
    ]
    readonly_fields = ["rental", "status_label", "amount_label"]

    @admin.display(description="Charge", ordering="id")
    def attempt(self, attempt: ChargeAttempt) -> str:
        return f"#{attempt.pk}"

    @display(description="Customer", ordering="installment__rental__user__email", header=True)
    def customer(self, attempt: ChargeAttempt) -> list[str]:
        user = attempt.installment.rental.user
        return [str(user), user.email]

    @admin.display(description="Rental", ordering="installment__rental")
    def rental(self, attempt: ChargeAttempt) -> SafeString:
        return rental_link(attempt.installment.rental)

    @admin.display(description="Due", ordering="installment__due_date")
    def due(self, attempt: ChargeAttempt) -> object:
        return attempt.installment.due_date

    @admin.display(description="Amount", ordering="installment__amount")
    def amount_label(self, attempt: ChargeAttempt) -> str:
        return amount_with_currency(attempt.installment.amount, attempt.installment.rental.currency)

    @admin.display(description="Status", ordering="status")
    def status_label(self, attempt: ChargeAttempt) -> SafeString:
        return badge(attempt.status, attempt.get_status_display())

    @admin.display(description="Refusal", ordering="failure_code", empty_value="-")
    def failure(self, attempt: ChargeAttempt) -> str | None:
        return attempt.failure_code or None
