"""Stock: taken and given back by conditional updates, never read and written back.

The door for orders and contracts, whether a product's pieces are counted or have serial numbers.
"""

from collections.abc import Mapping

from django.db.models import F

from accounts.models import User
from catalog import devices
from catalog.errors import OutOfStock
from catalog.low_stock import tell_of_low_stock
from catalog.models import Product

__all__ = ["OutOfStock", "give_back", "take"]


def take(quantities: Mapping[int, int], *, holder: str = "", by: User | None = None) -> None:
    """Take pieces (product id: quantity), all or none. Raises OutOfStock with the product's name.

    Of a product with serial numbers, devices are reserved for `holder` (`order:5`). Runs inside the transaction of
    what takes them, in the order of the keys, so that two orders that want the same products wait for each other
    and never deadlock.
    """
    for product_id in sorted(quantities):
        quantity = quantities[product_id]
        counted = Product.objects.on_sale().filter(pk=product_id, is_serialized=False)
        if counted.filter(inventory_count__gte=quantity).update(inventory_count=F("inventory_count") - quantity):
            continue
        product = Product.objects.get(pk=product_id)
        if not product.is_serialized:
            raise OutOfStock(f"Insufficient stock for {product.name}.")
        devices.reserve(product=product, quantity=quantity, holder=holder, by=by)
    tell_of_low_stock(quantities)


def give_back(quantities: Mapping[int, int], *, holder: str = "", by: User | None = None) -> None:
    """Put pieces back (product id: quantity), in the order of the keys.

    Of a product with serial numbers, those that are reserved for `holder` go back. Pieces that were taken before it
    was tracked have no serial: they come to the shelf when staff receive them.
    """
    for product_id in sorted(quantities):
        counted = Product.objects.filter(pk=product_id, is_serialized=False)
        if not counted.update(inventory_count=F("inventory_count") + quantities[product_id]):
            devices.release(holder=holder, by=by, product_id=product_id)
