"""Telling the shop that little is left of a product."""

from collections.abc import Mapping

from django.conf import settings

from catalog.models import Product
from core.signals import stock_low


def tell_of_low_stock(taken: Mapping[int, int]) -> None:
    """Send `stock_low` for each product (id: pieces just taken) whose count these pieces brought to the level.

    Once for each crossing: a product that was low before is not told of again until it has been filled up. Runs in
    the transaction that took them, which holds the products' locks. Staff who count a shelf know what they see.
    """
    level = settings.LOW_STOCK_LEVEL
    for product in Product.objects.filter(pk__in=taken, inventory_count__lte=level).order_by("pk"):
        if product.inventory_count + taken[product.pk] > level:
            stock_low.send(sender=Product, product=product)
