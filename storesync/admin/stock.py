"""What is the same in shops and ERPs, what stock the shops have and should have, and the story of a SKU."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.models import User
from core.admin.badges import badge
from core.admin.base import ReadOnlyAdmin
from core.admin.steps import ReadOnlyStepsAdmin, Step
from storesync.admin.columns import OWNER, Columns, story_link
from storesync.models import ErpItem, Operator, SkuMapping, StockCache
from storesync.models.operator import username_key
from storesync.setup.mapping import map_sku, unmap
from storesync.setup.readiness import suggestion_for
from storesync.story import story
from storesync.values import MAX_TEXT

MAY = "storesync.change_skumapping"
USERNAME_LENGTH = 150
IN_ERP = Exists(ErpItem.objects.filter(erp__owner=OuterRef("connection__owner"), sku_key=OuterRef("erp_sku_key")))


def accept(mapping: SkuMapping, *, by: User) -> str:
    """Map it to what it probably is. Raises what `map_sku` raises."""
    erp_sku = suggestion_for(mapping) or ""
    map_sku(connection=mapping.connection, store_sku=mapping.sku, erp_sku=erp_sku)
    return f"{mapping.sku} is {erp_sku} from now on."


def map_by_hand(mapping: SkuMapping, *, by: User, erp_sku: str) -> str:
    """Raises what `map_sku` raises."""
    map_sku(connection=mapping.connection, store_sku=mapping.sku, erp_sku=erp_sku)
    return f"{mapping.sku} is {erp_sku} from now on."


def unmap_by_hand(mapping: SkuMapping, *, by: User) -> str:
    """Raises MappingNotFound."""
    unmap(connection=mapping.connection, store_sku=mapping.sku)
    return f"{mapping.sku} goes by its letters again."


class ErpSkuForm(forms.Form):
    """What the ERP calls it."""

    erp_sku = forms.CharField(
        label="SKU in the ERP", max_length=MAX_TEXT, strip=False, widget=UnfoldAdminTextInputWidget
    )


STEPS = [
    Step(
        name="accept",
        label="Accept the suggestion",
        icon="check",
        variant="primary",
        permission=MAY,
        offered=lambda mapping: suggestion_for(mapping) is not None,
        run=accept,
    ),
    Step(
        name="map",
        label="Map by hand",
        icon="link",
        permission=MAY,
        offered=lambda mapping: bool(mapping.sku),
        run=map_by_hand,
        make_form=lambda mapping, data: ErpSkuForm(data),
    ),
    Step(
        name="unmap",
        label="Go by its letters",
        icon="link_off",
        permission=MAY,
        offered=lambda mapping: mapping.how == SkuMapping.How.MANUAL,
        run=unmap_by_hand,
        question="Stock and orders go by the SKU as the store writes it again.",
    ),
]


class StateFilter(DropdownFilter):
    """What is wrong with them; an unknown choice filters nothing."""

    title = "state"
    parameter_name = "state"
    states = {
        "unmatched": ("Not in the ERP", ~IN_ERP),
        "duplicate": ("More than once in the store", Q(sku_key=None) & ~Q(sku="")),
        "nameless": ("Without a SKU", Q(sku="")),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in self.states.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SkuMapping]) -> QuerySet[SkuMapping]:
        _, state = self.states.get(self.value() or "", ("", None))
        return queryset if state is None else queryset.filter(state)


@admin.register(SkuMapping)
class SkuMappingAdmin(Columns, ReadOnlyStepsAdmin):
    """What shops sell, and what the ERP calls it."""

    steps = STEPS
    list_display = ["sku_label", "name", "store", "erp_label", "how", "is_tracked", "price_label"]
    list_display_links = ["sku_label"]
    list_select_related = [f"connection__{OWNER}"]
    list_filter = [StateFilter, ("how", ChoicesDropdownFilter), ("connection", AutocompleteSelectFilter)]
    list_filter_submit = True
    search_fields = ["sku", "erp_sku", "name"]
    search_help_text = "SKU or name"
    fields = [
        ("sku_label", "name", "store"),
        ("erp_label", "how", "suggestion"),
        ("item_id", "variant_id"),
        ("price_label", "is_tracked"),
    ]
    readonly_fields = ["sku_label", "store", "erp_label", "suggestion", "price_label"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SkuMapping]:
        return super().get_queryset(request).annotate(in_erp=IN_ERP)

    @admin.display(description="SKU in the store", ordering="sku")
    def sku_label(self, mapping: SkuMapping) -> str:
        return mapping.sku or "(none)"

    @admin.display(description="SKU in the ERP", ordering="erp_sku")
    def erp_label(self, mapping: Any) -> SafeString:
        if mapping.sku and mapping.sku_key is None:
            return badge("blocked", "More than once in the store")
        if not mapping.in_erp:
            return badge("waiting", "Not in the ERP")
        return story_link(mapping.connection, mapping.erp_sku)

    @admin.display(description="Price", ordering="price", empty_value="-")
    def price_label(self, mapping: SkuMapping) -> str | None:
        return None if mapping.price is None else f"{mapping.price:,.2f}"

    @admin.display(description="Probably", empty_value="-")
    def suggestion(self, mapping: SkuMapping) -> str | None:
        return suggestion_for(mapping)


class DriftFilter(DropdownFilter):
    """Whether the shop had what it should when it was last read."""

    title = "drift"
    parameter_name = "drift"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Differs"), ("no", "In step")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[StockCache]) -> QuerySet[StockCache]:
        differs = ~Q(seen=F("wanted"))
        choices = {"yes": queryset.filter(differs, wanted__isnull=False), "no": queryset.filter(seen=F("wanted"))}
        return choices.get(self.value() or "", queryset)


class StoryForm(forms.Form):
    """Whose SKU."""

    user = forms.CharField(max_length=USERNAME_LENGTH, widget=UnfoldAdminTextInputWidget)
    sku = forms.CharField(label="SKU in the ERP", max_length=MAX_TEXT, strip=False, widget=UnfoldAdminTextInputWidget)

    def clean_user(self) -> User:
        """Who has this name, in any case."""
        key = username_key(self.cleaned_data["user"])
        operator = Operator.objects.filter(username_key=key).select_related("user").first()
        if operator is None:
            raise forms.ValidationError("Nobody has this name.")
        return operator.user


@admin.register(StockCache)
class StockCacheAdmin(Columns, ReadOnlyAdmin):
    """The stock of each item at each location of a shop."""

    list_display = ["sku_label", "store", "location", "seen", "wanted", "rule", "written", "written_at", "drift"]
    list_select_related = [f"connection__{OWNER}"]
    list_filter = [DriftFilter, ("connection", AutocompleteSelectFilter)]
    list_filter_submit = True
    search_fields = ["sku"]
    search_help_text = "SKU"
    fields = [
        ("sku_label", "store", "location"),
        ("seen", "seen_at", "drift"),
        ("wanted", "rule"),
        ("written", "written_at", "acknowledged_at"),
        "run",
    ]
    readonly_fields = ["sku_label", "store", "seen_at", "written_at", "acknowledged_at", "drift"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.story_view)
        return [path("story/", view, name="storesync_stockcache_story"), *super().get_urls()]

    def story_view(self, request: HttpRequest) -> HttpResponse:
        """Why the stock of a SKU is what it is."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = StoryForm(request.GET or None)
        told = form.is_valid() and story(**form.cleaned_data)
        context = {**self.admin_site.each_context(request), "title": "Story of a SKU", "form": form, "story": told}
        return TemplateResponse(request, "admin/storesync/story.html", context)

    @admin.display(description="SKU in the ERP", ordering="sku")
    def sku_label(self, cell: StockCache) -> SafeString:
        return story_link(cell.connection, cell.sku)

    @admin.display(description="Drift", empty_value="-")
    def drift(self, cell: StockCache) -> SafeString | None:
        if cell.seen is None or cell.wanted is None:
            return None
        return badge("ok", "None") if cell.seen == cell.wanted else badge("blocked", f"{cell.seen - cell.wanted:+}")
