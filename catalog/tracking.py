"""The count of a product that is tracked by serial number: the number of its devices in stock, typed by nobody."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from catalog.managers import ProductQuerySet
from catalog.models import Device, Product
from core.errors import InvalidInput

COUNTED_BY_DEVICES = "This product is tracked by serial number: its stock is the number of its devices in stock."
HAS_PIECES = "Its {} pieces have no serial numbers yet: track it by serial number in the back office."
HAS_DEVICES = "It has devices, so it stays tracked by serial number."


def refuse_typed_count(product: Product, changes: Mapping[str, Any]) -> None:
    """Raise InvalidInput for changes that would part the count from the devices. The caller locks the product."""
    tracked = changes.get("is_serialized", product.is_serialized)
    count = changes.get("inventory_count", product.inventory_count)
    if tracked and not product.is_serialized and product.inventory_count:
        refuse("is_serialized", HAS_PIECES.format(product.inventory_count))
    if tracked and count != product.inventory_count:
        refuse("inventory_count", COUNTED_BY_DEVICES)
    if product.is_serialized and not tracked and product.devices.exists():
        refuse("is_serialized", HAS_DEVICES)


def refuse(field: str, text: str) -> None:
    """Raise InvalidInput about this field."""
    raise InvalidInput(f"{field}: {text}", details={field: [text]})


def recount(products: ProductQuerySet) -> None:
    """Let the count of those that are tracked agree with their devices again, after rows were written whole."""
    on_shelf = Device.objects.in_stock().filter(product=OuterRef("pk")).order_by().values("product")
    count = Coalesce(Subquery(on_shelf.annotate(number=Count("pk")).values("number")), 0)
    products.filter(is_serialized=True).update(inventory_count=count)
