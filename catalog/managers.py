"""Questions about products."""

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from catalog.models import Product, WishlistItem  # noqa: F401  named in strings below


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


class WishlistQuerySet(models.QuerySet["WishlistItem"]):
    """Questions about wishlists."""

    def visible_to(self, user: Any) -> "WishlistQuerySet":
        """The user's own wishes that can still come true, with all that is shown of them."""
        mine = self.filter(user=user, product__archived_at=None)
        return mine.select_related("product__category", "product__brand")
