"""Tickets with their history, and what gates said of them."""

from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter

from core.admin.badges import badge, page_of
from core.admin.base import ReadOnlyAdmin, ReadOnlyInline
from core.admin.steps import ReadOnlyStepsAdmin
from events.admin.columns import Columns
from events.admin.steps import TICKET_STEPS
from events.models import Scan, Ticket, TicketStatusChange, Transfer


class TicketHistoryInline(ReadOnlyInline):
    """Its steps."""

    model = TicketStatusChange
    fields = ["status", "notes", "created_at", "actor"]


class TransferInline(ReadOnlyInline):
    """To whom it was offered."""

    model = Transfer
    fk_name = "ticket"
    fields = ["sender", "email", "recipient", "created_at", "expires_at", "accepted_at"]


class ScanInline(ReadOnlyInline):
    """Its scans."""

    model = Scan
    fields = ["result", "gate", "device", "scanned_by", "scanned_at", "created_at", "is_conflict"]


@admin.register(Ticket)
class TicketAdmin(Columns, ReadOnlyStepsAdmin):
    """Tickets. Their codes admit, so they are not shown."""

    steps = TICKET_STEPS
    inlines = [TicketHistoryInline, ScanInline, TransferInline]
    list_display = ["number", "customer", "event_link", "type_label", "status_label", "checked_in_at"]
    list_display_links = ["number"]
    list_select_related = ["user", "event", "ticket_type"]
    list_filter = [("status", ChoicesDropdownFilter)]
    search_fields = ["id__exact", "order__id__exact", "user__email", "attendee_name", "event__title"]
    search_help_text = "Number, order, holder, attendee or event"
    fieldsets = [
        (None, {"fields": [("event_link", "type_label", "status_label"), ("order_link", "number_in_order")]}),
        ("Holder", {"fields": [("user", "attendee_name", "generation")]}),
        ("Admission", {"fields": [("checked_in_at", "checked_in_gate"), "refund"]}),
    ]
    readonly_fields = ["event_link", "type_label", "status_label", "order_link", "number_in_order"]

    @admin.display(description="Ticket", ordering="id")
    def number(self, ticket: Ticket) -> str:
        return f"#{ticket.pk}"

    @admin.display(description="Ticket type")
    def type_label(self, ticket: Ticket) -> str:
        return ticket.ticket_type.name

    @admin.display(description="Order")
    def order_link(self, ticket: Ticket) -> SafeString:
        return page_of(ticket.order)

    @admin.display(description="Number in its line")
    def number_in_order(self, ticket: Ticket) -> int:
        return ticket.number


@admin.register(Scan)
class ScanAdmin(Columns, ReadOnlyAdmin):
    """What gates were told, the newest first."""

    list_display = ["scanned_at", "event_link", "ticket_link", "result_label", "gate", "device", "is_conflict"]
    list_select_related = ["event", "ticket"]
    list_filter = [("result", ChoicesDropdownFilter), "is_conflict", ("scanned_at", RangeDateTimeFilter)]
    list_filter_submit = True
    search_fields = ["ticket__id__exact", "gate", "device", "event__title"]
    search_help_text = "Ticket, gate, device or event"
    fields = [
        ("event_link", "ticket_link", "result_label"),
        ("gate", "device", "scanned_by"),
        ("scanned_at", "created_at"),
        ("used_at", "used_gate", "is_conflict"),
    ]
    readonly_fields = ["event_link", "ticket_link", "result_label"]

    @admin.display(description="Ticket", empty_value="-")
    def ticket_link(self, scan: Scan) -> SafeString | None:
        return page_of(scan.ticket) if scan.ticket else None

    @admin.display(description="Result", ordering="result")
    def result_label(self, scan: Scan) -> SafeString:
        return badge(scan.result, scan.get_result_display())
