"""Vouchers, waiting lists, venues and categories."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from core.admin.base import ReadOnlyAdmin, ShopAdmin
from events.admin.columns import Columns
from events.models import Category, Event, Venue, Voucher, WaitingEntry
from events.searching import index_all


class VoucherForm(forms.ModelForm):
    """Codes are kept in capitals; a ticket type is one of the voucher's event."""

    class Meta:
        model = Voucher
        fields = "__all__"

    def clean_code(self) -> str:
        """However it is typed it is the same."""
        return str(self.cleaned_data["code"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        """Find fault with another event's ticket type, and with fewer uses than there were."""
        cleaned = super().clean() or self.cleaned_data
        kind, event = cleaned.get("ticket_type"), cleaned.get("event")
        if kind and event and kind.event_id != event.pk:
            self.add_error("ticket_type", "This is a ticket type of another event.")
        if cleaned.get("max_uses") is not None and cleaned["max_uses"] < self.instance.used:
            self.add_error("max_uses", f"It was used {self.instance.used} times already.")
        return cleaned


@admin.register(Voucher)
class VoucherAdmin(Columns, ShopAdmin):
    """Codes that take something off the price, or open a hidden ticket type."""

    form = VoucherForm
    list_display = ["code", "event_link", "kind", "value", "uses", "valid_until"]
    list_select_related = ["event"]
    list_filter = [("kind", ChoicesDropdownFilter)]
    search_fields = ["code", "event__title"]
    autocomplete_fields = ["event", "ticket_type"]
    readonly_fields = ["used"]

    @admin.display(description="Used")
    def uses(self, voucher: Voucher) -> str:
        return f"{voucher.used} of {voucher.max_uses}"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that was used stays: end it by its last day."""
        return super().has_delete_permission(request, obj) and not (obj and obj.used)


@admin.register(WaitingEntry)
class WaitingEntryAdmin(Columns, ReadOnlyAdmin):
    """Who waits for places, in order."""

    list_display = ["customer", "event_link", "type_label", "quantity", "status_label", "offer_until", "created_at"]
    list_select_related = ["user", "event", "ticket_type"]
    list_filter = [("status", ChoicesDropdownFilter)]
    search_fields = ["user__email", "event__title"]
    fields = [("user", "event_link", "type_label"), ("quantity", "status_label"), ("offer_until", "created_at")]
    readonly_fields = ["event_link", "type_label", "status_label"]

    @admin.display(description="Ticket type")
    def type_label(self, entry: WaitingEntry) -> str:
        return entry.ticket_type.name


@admin.register(Venue)
class VenueAdmin(ShopAdmin):
    """Where events take place."""

    list_display = ["name", "city", "state", "country", "capacity"]
    list_filter = ["country"]
    search_fields = ["name", "city", "address"]
    fieldsets = [
        (None, {"fields": ["name", "address", ("city", "state", "country"), "capacity"]}),
        ("On the map", {"fields": [("latitude", "longitude")]}),
    ]

    def save_model(self, request: HttpRequest, obj: Venue, form: Any, change: bool) -> None:
        """Its events are found by its name and city."""
        super().save_model(request, obj, form, change)
        if {"name", "city"} & set(form.changed_data):
            index_all(Event.objects.filter(venue=obj))


@admin.register(Category)
class CategoryAdmin(ShopAdmin):
    """Kinds of events. Clients know the first ten by their ids."""

    list_display = ["name", "slug", "icon"]
    search_fields = ["name"]

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        """Its events are found by its name."""
        super().save_model(request, obj, form, change)
        if "name" in form.changed_data:
            index_all(Event.objects.filter(category=obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Clients know them."""
        return False
