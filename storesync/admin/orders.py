"""Orders of the shops on their way into the ERP, and the webhooks that told of them."""

from base64 import b64decode
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
    RangeDateTimeFilter,
)
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.models import User
from core.admin.badges import badge
from core.admin.base import ReadOnlyInline
from core.admin.steps import ReadOnlyStepsAdmin, Step
from storesync import troubles
from storesync.admin.columns import Columns
from storesync.health import STUCK, WAITING
from storesync.models import Delivery, ErpSale, StoreOrder, StoreOrderStatusChange
from storesync.setup.mapping import map_sku
from storesync.values import MAX_TEXT

MAY_ORDER, MAY_DELIVERY = "storesync.change_storeorder", "storesync.change_delivery"


def replay_order(order: StoreOrder, *, by: User) -> str:
    """Raises TroubleNotFound."""
    troubles.replay(user=order.connection.owner, trouble_id=f"order-{order.pk}")
    return "A worker tries it again now."


def dismiss_order(order: StoreOrder, *, by: User) -> str:
    """Raises TroubleNotFound."""
    troubles.dismiss(user=order.connection.owner, trouble_id=f"order-{order.pk}")
    return "It stays as it is, and is not shown as an error any more."


def map_line(order: StoreOrder, *, by: User, store_sku: str, erp_sku: str) -> str:
    """Raises InvalidInput, CallFailed and what else `map_sku` raises."""
    map_sku(connection=order.connection, store_sku=store_sku, erp_sku=erp_sku)
    return f"{store_sku} is {erp_sku} from now on. The orders that waited for it are sent."


class MapForm(forms.Form):
    """Which SKU is which."""

    store_sku = forms.ChoiceField(label="SKU in the store", widget=UnfoldAdminSelectWidget)
    erp_sku = forms.CharField(
        label="SKU in the ERP", max_length=MAX_TEXT, strip=False, widget=UnfoldAdminTextInputWidget
    )


def map_form(order: StoreOrder, data: Any) -> MapForm:
    """It offers the SKUs of the order."""
    form = MapForm(data)
    skus = dict.fromkeys(line["sku"] for line in lines_of(order) if line["sku"])
    field: Any = form.fields["store_sku"]
    field.choices = [(sku, sku) for sku in skus]
    return form


def lines_of(order: StoreOrder) -> list[dict[str, Any]]:
    return list(order.content.get("lines", ()))


def needs_person(order: StoreOrder) -> bool:
    return bool(order.problems) or order.is_oversold or order.is_left


ORDER_STEPS = [
    Step(
        name="replay",
        label="Try again",
        icon="replay",
        variant="primary",
        permission=MAY_ORDER,
        offered=lambda order: bool(order.problems),
        run=replay_order,
    ),
    Step(
        name="map-sku",
        label="Map a SKU",
        icon="link",
        permission=MAY_ORDER,
        offered=lambda order: order.status == StoreOrder.Status.BLOCKED and any(lines_of(order)),
        run=map_line,
        make_form=map_form,
    ),
    Step(
        name="dismiss",
        label="Dismiss",
        icon="visibility_off",
        permission=MAY_ORDER,
        offered=lambda order: needs_person(order) and order.dismissed_at is None,
        run=dismiss_order,
        question="It stays as it is: nothing is sold or taken back, and it is not shown as an error any more.",
    ),
]


class NeedFilter(DropdownFilter):
    """What there is to do; an unknown choice filters nothing."""

    title = "to do"
    parameter_name = "todo"
    needs = {
        "waiting": WAITING & Q(dismissed_at=None),
        "blocked": STUCK & Q(dismissed_at=None),
        "oversold": Q(is_oversold=True, dismissed_at=None),
        "dismissed": Q(dismissed_at__isnull=False),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name.capitalize()) for name in self.needs]

    def queryset(self, request: HttpRequest, queryset: QuerySet[StoreOrder]) -> QuerySet[StoreOrder]:
        need = self.needs.get(self.value() or "")
        return queryset if need is None else queryset.filter(need)


class SaleInline(ReadOnlyInline):
    """What it became in the ERP."""

    model = ErpSale
    fields = ["invoice_number", "account", "erp_id", "day", "total", "erp_total", "confirmed_at"]


class HistoryInline(ReadOnlyInline):
    """Its steps."""

    model = StoreOrderStatusChange
    fields = ["status", "notes", "created_at", "actor"]


@admin.register(StoreOrder)
class StoreOrderAdmin(Columns, ReadOnlyStepsAdmin):
    """Orders, the newest first. Nothing about their buyers is kept."""

    steps = ORDER_STEPS
    inlines = [SaleInline, HistoryInline]
    list_display = ["order", "store", "status_label", "problems_label", "ordered_at", "next_attempt_at", "attempts"]
    list_display_links = ["order"]
    list_select_related = ["connection"]
    list_filter = [
        NeedFilter,
        ("status", ChoicesDropdownFilter),
        ("connection", AutocompleteSelectFilter),
        ("ordered_at", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    search_fields = ["order_id__exact", "number__exact", "sale__invoice_number__exact"]
    search_help_text = "The store's id, number or invoice number"
    fieldsets = [
        (
            None,
            {"fields": [("order", "store", "user_name"), ("status_label", "is_paid", "is_cancelled", "is_exempt")]},
        ),
        (
            "To do",
            {
                "fields": [
                    "problems_label",
                    ("attempts", "next_attempt_at"),
                    "is_oversold",
                    ("dismissed_at", "settled_at"),
                ]
            },
        ),
        ("Order", {"fields": [("order_id", "ordered_at", "version"), "lines"]}),
    ]
    readonly_fields = [
        *("order", "store", "user_name", "status_label", "problems_label", "lines"),
        *("next_attempt_at", "dismissed_at", "settled_at", "ordered_at", "version"),
    ]

    @admin.display(description="Order", ordering="number")
    def order(self, order: StoreOrder) -> str:
        return order.number or order.order_id

    @admin.display(description="Problems", empty_value="-")
    def problems_label(self, order: StoreOrder) -> SafeString | None:
        rows = [(problem["message"],) for problem in order.problems]
        if order.is_left:
            rows.append((troubles.Disconnected.message,))
        if order.is_oversold:
            rows.append((badge("oversold", "Oversold"),))
        return format_html_join("", '<span class="gg-block">{}</span>', rows) or None

    @admin.display(description="Lines", empty_value="None")
    def lines(self, order: StoreOrder) -> SafeString | None:
        rows = ((line["quantity"], line["sku"] or "(no SKU)", line["name"]) for line in lines_of(order))
        return (
            format_html_join("", '<span class="gg-block">{} x {} <span class="gg-soft">{}</span></span>', rows)
            or None
        )


def show_payload(delivery: Delivery, *, by: User) -> HttpResponse:
    """The bytes as they came, as plain text, which no browser runs."""
    shown = HttpResponse(b64decode(delivery.payload or ""), content_type="text/plain; charset=utf-8")
    shown["X-Content-Type-Options"] = "nosniff"
    return shown


def replay_delivery(delivery: Delivery, *, by: User) -> str:
    """Raises TroubleNotFound."""
    troubles.replay(user=delivery.connection.owner, trouble_id=f"delivery-{delivery.pk}")
    return "A worker acts on it again now."


@admin.register(Delivery)
class DeliveryAdmin(Columns, ReadOnlyStepsAdmin):
    """Webhooks of the shops, for admins. What they hold is shown when it is asked for, and the asking is noted."""

    list_display = ["number", "topic", "store", "status_label", "attempts", "received_at", "error_label"]
    list_display_links = ["number"]
    list_select_related = ["connection"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("connection", AutocompleteSelectFilter),
        ("received_at", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    search_fields = ["id__exact", "topic"]
    search_help_text = "Number or topic"
    fields = [
        ("topic", "store", "status_label"),
        ("attempts", "received_at", "handled_at"),
        "error",
        "payload_label",
    ]
    readonly_fields = ["store", "status_label", "received_at", "handled_at", "payload_label"]
    steps = [
        Step(
            name="replay",
            label="Run again",
            icon="replay",
            variant="primary",
            permission=MAY_DELIVERY,
            offered=lambda delivery: delivery.status in (Delivery.Status.FAILED, Delivery.Status.PARKED),
            run=replay_delivery,
        ),
        Step(
            name="payload",
            label="Show the payload",
            icon="visibility",
            permission=MAY_DELIVERY,
            offered=lambda delivery: delivery.payload is not None,
            run=show_payload,
            question="It may name a buyer. That you looked at it stands in the history of this webhook.",
        ),
    ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Only admins look after the machine."""
        return bool(request.user.has_perm("storesync.view_delivery"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Payloads are unsealed where they are asked for alone."""
        return super().get_queryset(request).defer("payload")

    @admin.display(description="Webhook", ordering="id")
    def number(self, delivery: Delivery) -> str:
        return f"#{delivery.pk}"

    @admin.display(description="Error")
    def error_label(self, delivery: Delivery) -> str:
        return delivery.error[:80]

    @admin.display(description="Payload")
    def payload_label(self, delivery: Delivery) -> str:
        return "Removed" if delivery.payload is None else "Sealed"
