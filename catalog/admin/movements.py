"""The movements of stock: the latest on the product's page, all of them on a page of their own."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from catalog.admin.references import reference_link
from catalog.models import Product, StockMovement
from core.admin.base import ReadOnlyAdmin

SHOWN = 10


def latest_movements(product: Product) -> dict[str, Any]:
    """What the product's page shows of them: the latest, and where all are when there are more."""
    rows = list(product.stock_movements.select_related("actor")[: SHOWN + 1])
    listed = f"{reverse('admin:catalog_stockmovement_changelist')}?product__id__exact={product.pk}"
    return {
        "movements": [(row, reference_link(row.reference)) for row in rows[:SHOWN]],
        "movements_url": listed if len(rows) > SHOWN else "",
    }


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    """What changed which count, by whom and why."""

    list_display = ["created_at", "product", "kind", "signed_change", "counts", "cause", "reason", "by"]
    list_select_related = ["product", "actor"]
    list_filter = [("kind", ChoicesDropdownFilter), ("product", AutocompleteSelectFilter)]
    list_filter_submit = True
    search_fields = ["reference__exact", "product__sku", "reason"]
    search_help_text = "Reference (order:5), SKU, or words of the reason"
    fields = ["product", "kind", "signed_change", "counts", "cause", "reason", "by", "created_at"]
    readonly_fields = fields

    @admin.display(description="Change", ordering="change")
    def signed_change(self, movement: StockMovement) -> str:
        return movement.signed_change

    @admin.display(description="In stock")
    def counts(self, movement: StockMovement) -> str:
        return f"{movement.before} → {movement.after}"

    @admin.display(description="For", ordering="reference", empty_value="-")
    def cause(self, movement: StockMovement) -> SafeString | str:
        return reference_link(movement.reference)

    @admin.display(description="By", ordering="actor")
    def by(self, movement: StockMovement) -> str:
        return str(movement.actor or "The system")
