"""How the connections stand: their figures, and what is wrong with each."""

from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from storesync.models import Connection, Delivery, ErpSale, StockCache, StoreOrder
from storesync.models.connection import ConnectionQuerySet

WAITING = (StoreOrder.Status.WAITING, StoreOrder.Status.RESERVED)


def with_figures(connections: ConnectionQuerySet) -> ConnectionQuerySet:
    """Each with `product_count` (SKUs in its stock), `order_count` (orders that became sales), `waiting` orders,
    `blocked` orders and `parked` webhooks, which need a person, and `oversold` orders; all of it in one query.
    """
    orders = StoreOrder.objects.filter(dismissed_at=None)
    return connections.annotate(
        product_count=many(StockCache.objects.all(), counting=Count("sku_key", distinct=True)),
        order_count=many(ErpSale.objects.exclude(confirmed_at=None), of="order__connection"),
        waiting=many(orders.filter(status__in=WAITING)),
        blocked=many(orders.filter(status=StoreOrder.Status.BLOCKED)),
        oversold=many(orders.filter(is_oversold=True)),
        parked=many(Delivery.objects.filter(status=Delivery.Status.PARKED)),
    ).annotate(errors=F("blocked") + F("parked"))


def many(rows: Any, *, of: str = "connection", counting: Any = None) -> Coalesce:
    """How many of these rows a connection has."""
    mine = rows.order_by().filter(**{of: OuterRef("pk")}).values(of)
    counted = mine.annotate(many=counting or Count("pk")).values("many")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())


def health_of(connection: Any) -> dict[str, Any]:
    """A word for how a connection with figures stands, and a sentence for each thing that is wrong."""
    found = {
        "The store refused our credentials. Connect it again.": connection.status == Connection.Status.BROKEN,
        f"{connection.blocked} orders need a person.": connection.blocked,
        f"{connection.parked} webhooks could not be read.": connection.parked,
        f"{connection.oversold} orders sold what another shop had sold.": connection.oversold,
    }
    problems = [sentence for sentence, is_so in found.items() if is_so]
    if not connection.is_enabled:
        return {"status": connection.status, "problems": problems}
    return {"status": "attention" if problems else "ok", "problems": problems}
