"""The devices' pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from catalog.admin import references
from catalog.admin.device_steps import DEVICE_STEPS
from catalog.admin.references import reference_link
from catalog.models import Device, DeviceHold
from core.admin.badges import amount_with_currency, badge
from core.admin.steps import ReadOnlyStepsAdmin


def hold_of(device: Device) -> DeviceHold | None:
    """Who has it, if anybody."""
    return getattr(device, "hold", None)


def where(device: Device) -> SafeString | str:
    """Where the device is now: with whom, leading to that page, or at home."""
    hold = hold_of(device)
    if hold is None:
        return "At the shop" if device.status != Device.Status.RETIRED else "-"
    return reference_link(hold.held_by)


@admin.register(Device)
class DeviceAdmin(ReadOnlyStepsAdmin):
    """Devices: where each is and what became of it, and a button for each step that stands open."""

    steps = DEVICE_STEPS
    change_form_template = "admin/catalog/device/change_form.html"
    list_display = ["device", "grade_label", "status_label", "where", "cost_label", "created_at"]
    list_display_links = ["device"]
    list_select_related = ["product", "hold"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("grade", ChoicesDropdownFilter),
        ("product", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    search_fields = ["serial", "product__name", "product__sku", "hold__held_by__exact"]
    search_help_text = "Serial number, product, SKU, or who has it (order #5)"

    @display(description="Device", ordering="serial", header=True)
    def device(self, device: Device) -> list[str]:
        return [device.serial, device.product.name]

    @admin.display(description="Grade", ordering="grade")
    def grade_label(self, device: Device) -> str:
        return device.get_grade_display()

    @admin.display(description="Status", ordering="status")
    def status_label(self, device: Device) -> SafeString:
        return badge(device.status, device.get_status_display())

    @admin.display(description="Where")
    def where(self, device: Device) -> SafeString | str:
        return where(device)

    @admin.display(description="Cost", ordering="cost", empty_value="-")
    def cost_label(self, device: Device) -> str | None:
        return None if device.cost is None else amount_with_currency(device.cost, device.product.currency)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Device], search_term: str
    ) -> tuple[QuerySet[Device], bool]:
        """Devices by any of their words; `order #5` is what order 5 has, and no other."""
        kind, _, number = search_term.strip().lower().partition("#")
        if kind.strip() in references.pages and number.isdecimal():
            return queryset.filter(hold__held_by=f"{kind.strip()}:{int(number)}"), False
        return super().get_search_results(request, queryset, search_term)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if device := kwargs.get("obj"):
            history = device.status_history.select_related("actor")
            context.update(device=device, history=history, where=where(device), hold=hold_of(device))
            context.update(title=f"Device {device}", subtitle=None)
        return super().render_change_form(request, context, *args, **kwargs)
