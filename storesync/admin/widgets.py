"""What the store sync shows on the first page: orders that wait or are blocked, broken shops, drift in money."""

from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from core.admin.dashboard import Widget, register
from core.money import ZERO
from storesync.health import STUCK, WAITING
from storesync.models import Connection, StoreOrder


def figures() -> dict[str, Any]:
    """Of all users, in two queries."""
    orders = StoreOrder.objects.filter(dismissed_at=None)
    shops = Connection.objects.kept().aggregate(
        shops=Count("pk"),
        broken=Count("pk", filter=Q(status=Connection.Status.BROKEN)),
        paused=Count("pk", filter=Q(status=Connection.Status.PAUSED)),
        drift=Coalesce(Sum("drift_value"), ZERO),
        cells=Coalesce(Sum("drift_count"), 0),
    )
    waiting = orders.aggregate(
        waiting=Count("pk", filter=WAITING),
        blocked=Count("pk", filter=STUCK),
        oversold=Count("pk", filter=Q(is_oversold=True)),
    )
    return {**shops, **waiting}


register(Widget("tiles", 500, "admin/storesync/tiles.html", lambda: {"stores": figures()}))
