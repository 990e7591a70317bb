"""Stock: taken and given back by conditional updates, never read and written back.

The door for orders and contracts, whether a product's pieces are counted or have serial numbers.
"""

from collections.abc import Mapping

from django.conf import settings
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from catalog import devices
from catalog.errors import OutOfStock
from catalog.models import Device, Product
from catalog.models.querysets import ProductQuerySet
from core.signals import stock_low

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


def tell_of_low_stock(taken: Mapping[int, int]) -> None:
    """Send `stock_low` for each product (id: pieces just taken) whose count these pieces brought to the level.

    Once for each crossing: a product that was low before is not told of again until it has been filled up. Runs in
    the transaction that took them, which holds the products' locks. Staff who count a shelf know what they see.
    """
    level = settings.LOW_STOCK_LEVEL
    for product in Product.objects.filter(pk__in=taken, inventory_count__lte=level).order_by("pk"):
        if product.inventory_count + taken[product.pk] > level:
            stock_low.send(sender=Product, product=product)


def recount(products: ProductQuerySet) -> None:
    """Let the count of those that are tracked agree with their devices again, after rows were written whole."""
    on_shelf = Device.objects.in_stock().filter(product=OuterRef("pk")).order_by().values("product")
    count = Coalesce(Subquery(on_shelf.annotate(number=Count("pk")).values("number")), 0)
    products.filter(is_serialized=True).update(inventory_count=count)
