"""Columns that the lists of rentals share. Rows come from `rentals.dashboard.with_figures`."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from core.admin.badges import amount_with_currency, badge, link
from payments.admin.disputed import dispute_badge
from rentals.models import Rental

SEARCHED = [
    *("id__exact", "user__email", "user__first_name", "user__last_name"),
    *("device__serial", "sku", "product_name", "tracking_number"),
]
SEARCH_HELP = "Number, customer, serial, SKU, product or tracking number"


def day(value: date | None) -> str | None:
    """A day as people read it: `Apr 1, 2026`."""
    return date_format(value, "M j, Y") if value else None


def days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def rental_link(rental: Rental) -> SafeString:
    return link(reverse("admin:rentals_rental_change", args=[rental.pk]), f"#{rental.pk}")


def progress(made: int, total: int) -> SafeString:
    """How many of its payments were made, as figures and as a bar."""
    return format_html(
        '<span class="gg-progress"><span>{} of {}</span><i><b style="width: {}%"></b></i></span>',
        made,
        total,
        100 * made // total,
    )


def autopay_text(rental: Rental) -> str:
    """The card that pays by itself, or that none does; read with `autopay__card`."""
    autopay = getattr(rental, "autopay", None)
    return str(autopay.card) if autopay else "Off"


def two_lines(first: object, second: object) -> SafeString:
    return format_html('<div>{}<span class="gg-soft gg-block">{}</span></div>', first, second)


class FoundByNumber:
    """A list in which #12 finds rental 12 and no other. `number_path` leads from a row to the rental's id."""

    number_path = "id"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        number = search_term.strip().removeprefix("#")
        if search_term.strip().startswith("#") and number.isdecimal():
            return queryset.filter(**{self.number_path: int(number)}), False
        return super().get_search_results(request, queryset, search_term)  # type: ignore[misc]  # of ModelAdmin


class RentalColumns(FoundByNumber):
    @admin.display(description="Rental", ordering="id")
    def number(self, rental: Rental) -> str:
        return f"#{rental.pk}"

    @display(description="Customer", ordering="user__email", header=True)
    def customer(self, rental: Rental) -> list[str]:
        return [str(rental.user), rental.user.email]

    @admin.display(description="Product", ordering="product_name")
    def rented(self, rental: Rental) -> SafeString:
        return two_lines(rental.product_name, rental.device.serial if rental.device else rental.sku)

    @admin.display(description="Status", ordering="status")
    def status_label(self, rental: Any) -> SafeString:
        status = badge(rental.status, rental.get_status_display())
        return format_html("{} {}", status, dispute_badge(rental.dispute_status))

    @admin.display(description="Paid", ordering="made")
    def progress(self, rental: Any) -> SafeString:
        return progress(rental.made, rental.total_months)

    @admin.display(description="Next payment", ordering="next_due", empty_value="-")
    def next_payment(self, rental: Any) -> str | None:
        return day(rental.next_due)

    @admin.display(description="Late", ordering="late_amount", empty_value="-")
    def late(self, rental: Any) -> SafeString | None:
        if not rental.late_count:
            return None
        count = (timezone.localdate() - rental.next_due).days
        return two_lines(badge("overdue", days(count)), amount_with_currency(rental.late_amount, rental.currency))

    @admin.display(description="Autopay")
    def autopay_label(self, rental: Rental) -> str:
        return autopay_text(rental)
