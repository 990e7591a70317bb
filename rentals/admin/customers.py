"""A customer's rentals on the customer's page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.admin.users import show_with_customer
from core.admin.badges import badge, money
from core.admin.base import ReadOnlyInline
from rentals import dashboard
from rentals.admin.columns import progress, rental_link
from rentals.models import Rental


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
        return money(rental.monthly_rate, rental.currency)

    @admin.display(description="Status")
    def status_label(self, rental: Rental) -> SafeString:
        return badge(rental.status, rental.get_status_display())

    @admin.display(description="Paid")
    def paid(self, rental: Any) -> SafeString:
        return progress(rental.made, rental.total_months)

    @admin.display(description="Late", empty_value="-")
    def late(self, rental: Any) -> str | None:
        return money(rental.late_amount, rental.currency) if rental.late_count else None


show_with_customer(RentalInline)
