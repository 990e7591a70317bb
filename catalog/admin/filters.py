"""Filters of the product list."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from catalog.models import Product


class StockFilter(DropdownFilter):
    """How many pieces are left."""

    title = "stock"
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices."""
        low = settings.LOW_STOCK_LEVEL
        return [("out", "Out of stock"), ("low", f"Low (1 to {low})"), ("enough", f"More than {low}")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        """The products with that stock."""
        low = settings.LOW_STOCK_LEVEL
        ranges: dict[str, dict[str, int]] = {
            "out": {"inventory_count": 0},
            "low": {"inventory_count__gt": 0, "inventory_count__lte": low},
            "enough": {"inventory_count__gt": low},
        }
        return queryset.filter(**ranges.get(self.value() or "", {}))


class ShelfFilter(DropdownFilter):
    """Whether the product is in the store."""

    title = "in the store"
    parameter_name = "shelf"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices."""
        return [("sale", "On sale"), ("archived", "Archived")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        """The products that are there, or not."""
        wanted = {"sale": True, "archived": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(archived_at__isnull=wanted)
