"""Stock: taken and given back by conditional updates, never read and written back."""

from collections.abc import Mapping

from django.db.models import F

from catalog.models import Product
from core.errors import DomainError


class OutOfStock(DomainError):
    """Not enough pieces are left."""

    code = "out_of_stock"


def take(quantities: Mapping[int, int]) -> None:
    """Take pieces (product id: quantity), all or none. Raises OutOfStock with the product's name.

    Runs inside the transaction of what takes them, in the order of the keys, so that two orders that want the
    same products wait for each other and never deadlock.
    """
    for product_id in sorted(quantities):
        quantity = quantities[product_id]
        enough = Product.objects.on_sale().filter(pk=product_id, inventory_count__gte=quantity)
        if not enough.update(inventory_count=F("inventory_count") - quantity):
            raise OutOfStock(f"Insufficient stock for {name_of(product_id)}.")


def give_back(quantities: Mapping[int, int]) -> None:
    """Put pieces back (product id: quantity), in the order of the keys."""
    for product_id in sorted(quantities):
        Product.objects.filter(pk=product_id).update(inventory_count=F("inventory_count") + quantities[product_id])


def name_of(product_id: int) -> str:
    """The product's name, for people."""
    return Product.objects.values_list("name", flat=True).get(pk=product_id)
