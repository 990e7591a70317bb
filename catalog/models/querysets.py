"""Questions about products and devices."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from catalog.models import Device, Product, WishlistItem  # noqa: F401  named in strings below


class ProductQuerySet(models.QuerySet["Product"]):
    def on_sale(self) -> "ProductQuerySet":
        """What has not been archived; it may be out of stock."""
        return self.filter(archived_at=None)

    def visible_to(self, user: Any) -> "ProductQuerySet":
        """What is on sale; the back office alone shows archived products."""
        return self.on_sale()

    def family(self, family_id: int) -> "ProductQuerySet":
        """The family's first product and its other grades."""
        return self.filter(Q(pk=family_id) | Q(variant_of=family_id))

    def with_names(self) -> "ProductQuerySet":
        return self.select_related("category", "brand")

    def in_stock(self) -> "ProductQuerySet":
        return self.filter(inventory_count__gt=0)


class DeviceQuerySet(models.QuerySet["Device"]):
    def in_stock(self) -> "DeviceQuerySet":
        return self.filter(status="in_stock")

    def held_by(self, holder: str) -> "DeviceQuerySet":
        """What an order or a contract (`order:5`, `rental:7`) has."""
        return self.filter(hold__held_by=holder)


class WishlistQuerySet(models.QuerySet["WishlistItem"]):
    def visible_to(self, user: Any) -> "WishlistQuerySet":
        """The user's own wishes that can still come true, with all that is shown of them."""
        mine = self.filter(user=user, product__archived_at=None)
        return mine.select_related("product__category", "product__brand")
