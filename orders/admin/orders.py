"""The orders' pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from catalog import devices
from core.admin.badges import amount_with_currency, badge
from core.admin.steps import ReadOnlyStepsAdmin
from orders.admin.steps import STEPS
from orders.models import Order
from payments.admin.disputed import DisputeFilter, dispute_badge


class OrderDisputeFilter(DisputeFilter):
    """Orders that a bank asks about."""

    path = "payment__order_payment__order"


@admin.register(Order)
class OrderAdmin(ReadOnlyStepsAdmin):
    """Orders: everything about them to read, and a button for each step that stands open."""

    steps = STEPS
    change_form_template = "admin/orders/order/change_form.html"
    list_display = ["number", "customer", "order_date", "total_label", "status_label", "payment_label", "shipping"]
    list_display_links = ["number"]
    list_select_related = ["user"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("payment_status", ChoicesDropdownFilter),
        "shipping_method",
        ("order_date", RangeDateTimeFilter),
        OrderDisputeFilter,
    ]
    list_filter_submit = True
    date_hierarchy = None
    search_fields = [
        *("id__exact", "user__email", "user__first_name", "user__last_name"),
        *("lines__sku", "lines__product_name", "tracking_number"),
    ]
    search_help_text = "Number, customer, SKU, product or tracking number"

    @admin.display(description="Order", ordering="id")
    def number(self, order: Order) -> str:
        return f"#{order.pk}"

    @display(description="Customer", ordering="user__email", header=True)
    def customer(self, order: Order) -> list[str]:
        return [str(order.user), order.user.email]

    @admin.display(description="Total", ordering="total")
    def total_label(self, order: Order) -> str:
        return amount_with_currency(order.total, order.currency)

    @admin.display(description="Status", ordering="status")
    def status_label(self, order: Order) -> SafeString:
        return badge(order.status, order.get_status_display())

    @admin.display(description="Payment", ordering="payment_status")
    def payment_label(self, order: Any) -> SafeString:
        paid = badge(order.payment_status, order.get_payment_status_display())
        return format_html("{} {}", paid, dispute_badge(order.dispute_status))

    @admin.display(description="Shipping", ordering="shipping_method")
    def shipping(self, order: Order) -> str:
        return order.shipping_method.capitalize()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """With the dispute that the list shows."""
        return super().get_queryset(request).with_dispute()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        """Orders by any of their words; #12 is order 12 and no other."""
        number = search_term.strip().removeprefix("#")
        if search_term.strip().startswith("#") and number.isdecimal():
            return queryset.filter(pk=int(number)), False
        return super().get_search_results(request, queryset, search_term)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The order with all that belongs to it, in a fixed number of queries."""
        if order := kwargs.get("obj"):
            whole = (
                Order.objects.with_details()
                .select_related("user")
                .prefetch_related("order_payments__payment__taken_by", "order_payments__payment__disputes")
            )
            order = whole.get(pk=order.pk)
            reserved = devices.serials_of(holder=order.holder)
            lines = [(line, line.serials or reserved.get(line.product_id, [])) for line in order.lines.all()]
            context.update(order=order, lines=lines, title=str(order), subtitle=None)
        return super().render_change_form(request, context, *args, **kwargs)
