"""How the connections stand: their figures, and what is wrong with each."""

from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from storesync.models import Connection, Delivery, ErpSale, StockCache, StoreOrder
from storesync.models.connection import ConnectionQuerySet

SETTLED = (StoreOrder.Status.IGNORED, StoreOrder.Status.RETURNED)
# What `StoreOrder.is_left` says of one.
LEFT = Q(next_attempt_at__isnull=False, connection__status=Connection.Status.REMOVED) & ~Q(
    status=StoreOrder.Status.RESERVED
)
# Orders that wait for a person, and no worker.
STUCK = (Q(next_attempt_at=None) & ~Q(problems=[]) & ~Q(status__in=SETTLED)) | LEFT
# Orders on their way into the ERP.
WAITING = Q(next_attempt_at__isnull=False) & ~LEFT


def with_figures(connections: ConnectionQuerySet) -> ConnectionQuerySet:
    """Each with its figures, in one query.

    `product_count` are SKUs in its stock, `order_count` orders that became sales, `waiting` orders on their way into
    the ERP, `stuck` orders and `parked` webhooks need a person, `oversold` orders sold what another shop had sold,
    `erp_refused_at` is since when the owner's ERP refuses its token.
    """
    orders = StoreOrder.objects.filter(dismissed_at=None)
    return connections.annotate(
        product_count=many(StockCache.objects.all(), counting=Count("sku_key", distinct=True)),
        order_count=many(ErpSale.objects.exclude(confirmed_at=None), of="order__connection"),
        waiting=many(orders.filter(WAITING)),
        stuck=many(orders.filter(STUCK)),
        oversold=many(orders.filter(is_oversold=True)),
        parked=many(Delivery.objects.filter(status=Delivery.Status.PARKED)),
        erp_refused_at=F("owner__erp__refused_at"),
    ).annotate(errors=F("stuck") + F("parked"))


def many(rows: Any, *, of: str = "connection", counting: Any = None) -> Coalesce:
    """How many of these rows a connection has."""
    mine = rows.order_by().filter(**{of: OuterRef("pk")}).values(of)
    counted = mine.annotate(many=counting or Count("pk")).values("many")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())


def health_of(connection: Any) -> dict[str, Any]:
    """A word for how a connection with figures stands, and a sentence for each thing that is wrong."""
    found = {
        "The store refused our credentials. Connect it again.": connection.status == Connection.Status.BROKEN,
        "The ERP refused its token. Connect it again.": connection.erp_refused_at,
        connection.hooks_problem: connection.hooks_problem,
        counted(connection.stuck, "order needs", "orders need", "a person."): connection.stuck,
        counted(connection.parked, "webhook", "webhooks", "could not be read."): connection.parked,
        counted(connection.waiting, "order waits", "orders wait", "until it is resumed."): (
            connection.status == Connection.Status.PAUSED and connection.waiting
        ),
        counted(connection.oversold, "order", "orders", "sold what another shop had sold."): connection.oversold,
    }
    problems = [sentence for sentence, is_so in found.items() if is_so]
    if not connection.is_enabled:
        return {"status": connection.status, "problems": problems}
    return {"status": "attention" if problems else "ok", "problems": problems}


def counted(count: int, one: str, more: str, rest: str) -> str:
    return f"{count} {one if count == 1 else more} {rest}"
