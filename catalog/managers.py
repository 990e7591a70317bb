"""Questions about products."""

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from catalog.models import Product


class ProductQuerySet(models.QuerySet["Product"]):
    """Products as shoppers and staff look for them."""

    def on_sale(self) -> "ProductQuerySet":
        """What has not been archived; it may be out of stock."""
        return self.filter(archived_at=None)

    def visible_to(self, user: Any) -> "ProductQuerySet":
        """Everybody sees what is on sale, and archived products are for nobody but the back office."""
        return self.on_sale()

    def with_names(self) -> "ProductQuerySet":
        """With category and brand in the same query."""
        return self.select_related("category", "brand")

    def in_stock(self) -> "ProductQuerySet":
        """At least one piece is there."""
        return self.filter(inventory_count__gt=0)
