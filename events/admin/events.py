"""Events, their ticket types, and how their gates are doing."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter

from core.admin.badges import page_of
from core.admin.base import ReadOnlyInline, ShopAdmin
from core.admin.steps import StepsAdmin
from events.admin.columns import Columns, naira
from events.admin.steps import EVENT_STEPS
from events.models import Event, EventStatusChange, TicketType
from events.money import statements
from events.money.gates import gates_today

MOMENT = "M j, Y, H:i"


class TypeInline(ReadOnlyInline):
    """What is on sale."""

    model = TicketType
    fields = ["page", "price_label", "taken", "shared_quota", "sale_starts_at", "sale_ends_at", "is_hidden"]

    @admin.display(description="Ticket type")
    def page(self, kind: TicketType) -> SafeString:
        return page_of(kind, kind.name)

    @admin.display(description="Price")
    def price_label(self, kind: TicketType) -> str:
        return naira(kind.price)

    @admin.display(description="Sold or held")
    def taken(self, kind: TicketType) -> str:
        return f"{kind.quota.taken} of {kind.quota.size}"


class EventHistoryInline(ReadOnlyInline):
    """Its steps."""

    model = EventStatusChange
    fields = ["status", "notes", "created_at", "actor"]


class Organizers:
    """Rows that organizers make and change; staff change what is theirs to decide, and nothing else is written."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was on sale is cancelled, not deleted."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.save(update_fields=form.changed_data)


@admin.register(Event)
class EventAdmin(Organizers, Columns, StepsAdmin):
    """Events as their organizers made them; staff put them first, publish, cancel and pay out."""

    steps = EVENT_STEPS
    inlines = [TypeInline, EventHistoryInline]
    list_display = ["title", "organizer_link", "begins", "place", "price", "status_label", "is_featured"]
    list_select_related = ["organizer", "venue"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("event_type", ChoicesDropdownFilter),
        "category",
        "is_featured",
        ("starts_at", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    search_fields = ["id__exact", "title", "organizer__name", "venue__name", "venue__city"]
    search_help_text = "Number, title, organizer, venue or city"
    # All but what staff decide: the rest is the organizer's, and its changes are announced.
    readonly_fields = [
        *("title", "status_label", "organizer_link", "category", "event_type", "begins", "ends", "time_zone"),
        *("venue", "external_url", "gross", "fees", "refunds", "paid_out", "balance", "policy", "description"),
        "image_url",
    ]
    fieldsets = [
        (None, {"fields": [("title", "status_label"), ("organizer_link", "category", "event_type"), "is_featured"]}),
        ("When and where", {"fields": [("begins", "ends", "time_zone"), ("venue", "external_url")]}),
        ("Money", {"fields": [("gross", "fees", "refunds"), ("paid_out", "balance"), "policy"]}),
        ("Text", {"fields": ["description", "image_url"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("organizer", "venue", "category")

    def get_urls(self) -> list[URLPattern]:
        return [
            path("gates/", self.admin_site.admin_view(self.gates), name="events_event_gates"),
            *super().get_urls(),
        ]

    def gates(self, request: HttpRequest) -> HttpResponse:
        """How many came through which gate, for the events of these days; the page renews itself."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "title": "Gates", "rows": gates_today()}
        return TemplateResponse(request, "admin/events/gates.html", context)

    @admin.display(description="Organizer", ordering="organizer__name")
    def organizer_link(self, event: Event) -> SafeString:
        return page_of(event.organizer)

    @admin.display(description="Begins there", ordering="starts_at")
    def begins(self, event: Event) -> str:
        return date_format(event.local_start, MOMENT)

    @admin.display(description="Ends there", ordering="ends_at")
    def ends(self, event: Event) -> str:
        return date_format(event.local_end, MOMENT)

    @admin.display(description="Where", ordering="venue__city")
    def place(self, event: Event) -> str:
        return f"{event.venue.name}, {event.venue.city}"

    @admin.display(description="Price", ordering="lowest_price")
    def price(self, event: Event) -> str:
        if event.lowest_price is None or event.is_free:
            return "Free" if event.lowest_price is not None else "-"
        return naira(event.lowest_price)

    @admin.display(description="Refunds to buyers")
    def policy(self, event: Event) -> str:
        policy = event.refund_policy
        return f"{policy.percent} % until {policy.until_hours} hours before it begins" if policy else "None"

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Event | None:
        """With its statement, which is read once for the page."""
        event = super().get_object(request, object_id, from_field)
        if event:
            event.statement = statements.total(statements.by_event(event=event))
        return event

    def sum_of(self, event: Any, name: str) -> str:
        return naira(event.statement.amounts[name])

    @admin.display(description="Gross")
    def gross(self, event: Event) -> str:
        return self.sum_of(event, "gross")

    @admin.display(description="Our fees")
    def fees(self, event: Event) -> str:
        return self.sum_of(event, "fees")

    @admin.display(description="Refunded")
    def refunds(self, event: Event) -> str:
        return self.sum_of(event, "refunds")

    @admin.display(description="Paid out")
    def paid_out(self, event: Event) -> str:
        return self.sum_of(event, "paid_out")

    @admin.display(description="Owed to the organizer")
    def balance(self, event: Event) -> SafeString:
        return format_html("<strong>{}</strong>", self.sum_of(event, "balance"))


@admin.register(TicketType)
class TicketTypeAdmin(Organizers, Columns, ShopAdmin):
    """What is on sale, and how much of it there is; staff hide what a voucher opens."""

    list_display = ["name", "event_link", "price_label", "taken", "shared_quota", "is_hidden"]
    list_select_related = ["event", "quota", "shared_quota"]
    list_filter = ["is_hidden"]
    search_fields = ["name", "event__title"]
    fields = [
        ("name", "event_link"),
        ("price_label", "taken", "shared_quota", "max_per_order"),
        ("sale_starts_at", "sale_ends_at", "is_hidden"),
        "description",
    ]
    readonly_fields = [
        *("name", "event_link", "price_label", "taken", "shared_quota", "max_per_order"),
        *("sale_starts_at", "sale_ends_at", "description"),
    ]

    @admin.display(description="Price", ordering="price")
    def price_label(self, kind: TicketType) -> str:
        return naira(kind.price)

    @admin.display(description="Sold or held")
    def taken(self, kind: TicketType) -> str:
        return f"{kind.quota.taken} of {kind.quota.size}"
