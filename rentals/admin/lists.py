"""Further lists: the late rentals, what is due this week, and a customer's rentals on the customer's page."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.views import ChangeList

from accounts.admin.users import show_with_customer
from core.admin.badges import amount_with_currency, badge
from core.admin.base import ReadOnlyAdmin, ReadOnlyInline
from rentals import dashboard
from rentals.admin.columns import (
    SEARCH_HELP,
    SEARCHED,
    FoundByNumber,
    RentalColumns,
    autopay_text,
    day,
    days,
    progress,
    rental_link,
    two_lines,
)
from rentals.admin.filters import AutopayFilter, LateFilter
from rentals.models import Installment, Rental
from rentals.money.dunning import stage_label


class LateRentals(RentalColumns, ReadOnlyAdmin):
    """Who is late, for how long and how much; the longest first."""

    list_before_template = "admin/rentals/late_totals.html"
    list_display = ["number", "customer", "rented", "late_for", "overdue", "fees", "reminded", "autopay_label"]
    list_display_links = ["number"]
    list_select_related = ["user", "device", "autopay__card"]
    list_filter = [LateFilter, AutopayFilter]
    list_filter_submit = True
    ordering = ["next_due", "id"]
    search_fields = SEARCHED
    search_help_text = SEARCH_HELP

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rental]:
        today = timezone.localdate()
        return dashboard.with_dunning(Rental.objects.filter(dashboard.is_late(today=today)), today=today)

    @admin.display(description="Late for", ordering="next_due")
    def late_for(self, rental: Any) -> SafeString:
        count = (timezone.localdate() - rental.next_due).days
        return two_lines(badge("overdue", days(count)), f"since {day(rental.next_due)}")

    @admin.display(description="Overdue", ordering="late_amount")
    def overdue(self, rental: Any) -> SafeString:
        payments = f"{rental.late_count} payment{'' if rental.late_count == 1 else 's'}"
        return two_lines(amount_with_currency(rental.late_amount, rental.currency), payments)

    @admin.display(description="Open fees", ordering="open_fees", empty_value="-")
    def fees(self, rental: Any) -> str | None:
        return amount_with_currency(rental.open_fees, rental.currency) if rental.open_fees else None

    @admin.display(description="Last reminder", ordering="reminded_on", empty_value="None")
    def reminded(self, rental: Any) -> SafeString | None:
        return two_lines(day(rental.reminded_on), stage_label(rental.reminded_stage)) if rental.reminded_on else None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        shown = {"title": "Late", "totals": dashboard.late_totals(today=timezone.localdate())}
        return super().changelist_view(request, {**shown, "currency": settings.CURRENCY, **(extra_context or {})})


class OfRental(ChangeList):
    def url_for_result(self, result: Any) -> str:
        return reverse("admin:rentals_rental_change", args=[result.rental_id])


class DueInstallments(FoundByNumber, ReadOnlyAdmin):
    """What is due in the seven days that begin today, the soonest first."""

    list_before_template = "admin/rentals/due_totals.html"
    number_path = "rental__id"
    list_display = ["due", "rental_label", "customer", "rented", "payment", "amount_label", "autopay_label"]
    list_display_links = ["due"]
    list_select_related = ["rental__user", "rental__device", "rental__autopay__card"]
    list_filter = [AutopayFilter]
    list_filter_submit = True
    ordering = ["due_date", "id"]
    search_fields = [f"rental__{name}" for name in SEARCHED]
    search_help_text = SEARCH_HELP

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return OfRental

    def get_queryset(self, request: HttpRequest) -> QuerySet[Installment]:
        return dashboard.due_this_week(today=timezone.localdate())

    @admin.display(description="Due", ordering="due_date")
    def due(self, installment: Installment) -> SafeString:
        left = (installment.due_date - timezone.localdate()).days
        return two_lines(day(installment.due_date), f"in {days(left)}" if left else "today")

    @admin.display(description="Rental", ordering="rental")
    def rental_label(self, installment: Installment) -> SafeString:
        return rental_link(installment.rental)

    @display(description="Customer", ordering="rental__user__email", header=True)
    def customer(self, installment: Installment) -> list[str]:
        return [str(installment.rental.user), installment.rental.user.email]

    @admin.display(description="Product", ordering="rental__product_name")
    def rented(self, installment: Installment) -> SafeString:
        rental = installment.rental
        return two_lines(rental.product_name, rental.device.serial if rental.device else rental.sku)

    @admin.display(description="Payment", ordering="number")
    def payment(self, installment: Installment) -> str:
        return f"{installment.number} of {installment.rental.total_months}"

    @admin.display(description="Amount", ordering="amount")
    def amount_label(self, installment: Installment) -> str:
        return amount_with_currency(installment.amount, installment.rental.currency)

    @admin.display(description="Autopay")
    def autopay_label(self, installment: Installment) -> str:
        return autopay_text(installment.rental)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        shown = {"title": "Due this week", "totals": dashboard.due_totals(today=timezone.localdate())}
        return super().changelist_view(request, {**shown, "currency": settings.CURRENCY, **(extra_context or {})})


class RentalInline(ReadOnlyInline):
    """Rentals, newest first, ten at a time."""

    model = Rental
    fields = ["number", "product_name", "start_date", "rate", "status_label", "paid", "late"]
    per_page = 10
    tab = True
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rental]:
        return dashboard.with_figures(super().get_queryset(request), today=timezone.localdate())

    @admin.display(description="Rental")
    def number(self, rental: Rental) -> SafeString:
        return rental_link(rental)

    @admin.display(description="Monthly")
    def rate(self, rental: Rental) -> str:
        return amount_with_currency(rental.monthly_rate, rental.currency)

    @admin.display(description="Status")
    def status_label(self, rental: Rental) -> SafeString:
        return badge(rental.status, rental.get_status_display())

    @admin.display(description="Paid")
    def paid(self, rental: Any) -> SafeString:
        return progress(rental.made, rental.total_months)

    @admin.display(description="Late", empty_value="-")
    def late(self, rental: Any) -> str | None:
        return amount_with_currency(rental.late_amount, rental.currency) if rental.late_count else None


show_with_customer(RentalInline)
