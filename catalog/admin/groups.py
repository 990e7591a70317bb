"""Categories, brands, what grades cost, and what rental terms do."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from catalog import search
from catalog.models import Brand, Category, GradePrice, RentalTerm
from core.admin.base import ShopAdmin


class GroupAdmin(ShopAdmin):
    """A name that groups products. One that has products cannot be deleted."""

    list_display = ["name", "slug", "products"]
    search_fields = ["name", "slug"]
    search_help_text = "Name"
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(size=Count("products"))

    @admin.display(description="Products", ordering="size")
    def products(self, group: Any) -> int:
        return int(group.size)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and not obj.products.exists()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            search.index(list(obj.products.select_related("category", "brand")))


@admin.register(GradePrice)
class GradePriceAdmin(ShopAdmin):
    """What each grade costs: an admin's to change. Products that are there keep their price."""

    list_display = ["grade", "percent"]
    sortable_by = ()
    list_editable = ["percent"]
    list_display_links = ["grade"]
    readonly_fields = ["grade"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(RentalTerm)
class RentalTermAdmin(ShopAdmin):
    """The terms on offer, an admin's to change. Rentals that were made keep their rate."""

    list_display = ["months", "factor", "is_active"]
    sortable_by = ()
    list_editable = ["factor", "is_active"]
    list_display_links = ["months"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["months"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it is taken off the offer instead, since a term without a row has its default


admin.site.register(Category, GroupAdmin)
admin.site.register(Brand, GroupAdmin)
