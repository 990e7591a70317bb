"""What the catalogue shows on the first page: how many products there are, few of, and none of."""

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from catalog.models import Product
from core.admin.dashboard import Widget, register

SHOWN = 6


def stock_figures() -> dict[str, int]:
    """How many products there are, few of, and none of; one query."""
    low = Q(inventory_count__gt=0, inventory_count__lte=settings.LOW_STOCK_LEVEL)
    return Product.objects.on_sale().aggregate(
        products=Count("pk"), low=Count("pk", filter=low), out=Count("pk", filter=Q(inventory_count=0))
    )


def low_stock() -> QuerySet[Product]:
    """Products that are nearly sold out, the fewest first."""
    some = Product.objects.on_sale().filter(inventory_count__gt=0, inventory_count__lte=settings.LOW_STOCK_LEVEL)
    return some.order_by("inventory_count", "name")[:SHOWN]


def out_of_stock() -> QuerySet[Product]:
    """Products that are sold out, the latest change first."""
    return Product.objects.on_sale().filter(inventory_count=0).order_by("-updated_at")[:SHOWN]


register(
    Widget("tiles", 180, "admin/catalog/stock_tile.html", lambda: {"stock": stock_figures()}),
    Widget(
        "side",
        100,
        "admin/catalog/stock_lists.html",
        lambda: {"low_stock": low_stock(), "out_of_stock": out_of_stock()},
    ),
)
