"""Ticket orders: everything about them to read, and a button for each step that stands open."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter

from core.admin.badges import page_of
from core.admin.base import ReadOnlyInline
from core.admin.steps import ReadOnlyStepsAdmin
from events.admin.columns import Columns, naira
from events.admin.steps import ORDER_STEPS
from events.models import Ticket, TicketOrder, TicketOrderLine, TicketOrderStatusChange


class LineInline(ReadOnlyInline):
    """What was ordered."""

    model = TicketOrderLine
    fields = ["name", "quantity", "price_label", "fee_label", "subtotal_label"]

    @admin.display(description="Price")
    def price_label(self, line: TicketOrderLine) -> str:
        return naira(line.price)

    @admin.display(description="Our fee of each")
    def fee_label(self, line: TicketOrderLine) -> str:
        return naira(line.fee)

    @admin.display(description="Subtotal")
    def subtotal_label(self, line: TicketOrderLine) -> str:
        return naira(line.subtotal)


class TicketInline(Columns, ReadOnlyInline):
    """The tickets that came of it."""

    model = Ticket
    fields = ["page", "ticket_type", "user", "status_label", "checked_in_at", "refund"]

    @admin.display(description="Ticket")
    def page(self, ticket: Ticket) -> SafeString:
        return page_of(ticket)


class OrderHistoryInline(ReadOnlyInline):
    """Its steps."""

    model = TicketOrderStatusChange
    fields = ["status", "notes", "created_at", "actor"]


@admin.register(TicketOrder)
class TicketOrderAdmin(Columns, ReadOnlyStepsAdmin):
    """Orders of tickets, the newest first."""

    steps = ORDER_STEPS
    inlines = [LineInline, TicketInline, OrderHistoryInline]
    list_display = ["number", "customer", "event_link", "total_label", "status_label", "created_at", "hold_until"]
    list_display_links = ["number"]
    list_select_related = ["user", "event"]
    list_filter = [("status", ChoicesDropdownFilter), ("created_at", RangeDateTimeFilter)]
    list_filter_submit = True
    search_fields = ["id__exact", "reference__exact", "user__email", "contact_email", "event__title"]
    search_help_text = "Number, reference, customer or event"
    fieldsets = [
        (
            None,
            {"fields": [("event_link", "status_label"), ("total_label", "reference"), ("created_at", "hold_until")]},
        ),
        ("Buyer", {"fields": [("user", "contact_name"), ("contact_email", "contact_phone"), "voucher"]}),
        ("Money", {"fields": ["payments_label"]}),
    ]
    readonly_fields = ["event_link", "status_label", "total_label", "payments_label"]

    @admin.display(description="Order", ordering="id")
    def number(self, order: TicketOrder) -> str:
        return f"#{order.pk}"

    @admin.display(description="Total", ordering="total")
    def total_label(self, order: TicketOrder) -> str:
        return naira(order.total)

    @admin.display(description="Payments and refunds", empty_value="None")
    def payments_label(self, order: TicketOrder) -> SafeString | None:
        rows = []
        for payment in order.payments().prefetch_related("refunds"):
            rows.append((page_of(payment), payment.get_status_display()))
            rows += [(page_of(refund), refund.get_status_display()) for refund in payment.refunds.all()]
        return format_html_join("", '<span class="gg-block">{} ({})</span>', rows) or None
