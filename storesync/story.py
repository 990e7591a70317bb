"""Why the stock of a SKU is what it is: what each side has, and what happened."""

from typing import Any

from django.db.models import FilteredRelation, Q

from accounts.models import User
from core.text.canonical import sha256
from storesync.connections import ConnectionNotFound
from storesync.models import Connection, ErpItem, TraceEvent

MOST_SHOWN = 200
OF_CELL = ("sku", "location", "seen", "wanted", "written", "acknowledged_at", "rule")


def story(*, user: User, sku: str, connection_id: int | None = None) -> dict[str, Any]:
    """What the user's ERP and shops have of a SKU, as the ERP calls it, and the newest events, the newest first.

    With `connection_id` that of one shop, and the ERP's. Raises ConnectionNotFound.
    """
    key = sha256(sku)
    shops, events = Connection.objects.visible_to(user), TraceEvent.objects.filter(owner=user, sku_key=key)
    if connection_id is not None:
        shops = shops.filter(pk=connection_id)
        events = events.filter(Q(connection=connection_id) | Q(connection=None))
    cells = list(
        shops.annotate(cell=FilteredRelation("stock", condition=Q(stock__sku_key=key)))
        .order_by("pk", "cell__location")
        .values("pk", "address", *(f"cell__{name}" for name in OF_CELL))
    )
    if connection_id is not None and not cells:
        raise ConnectionNotFound
    stocks = list(ErpItem.objects.filter(erp__owner=user, sku_key=key).values_list("stock", flat=True)[:2])
    return {
        "sku": sku,
        "erp": stocks[0] if len(stocks) == 1 else None,
        "channels": [cell for cell in cells if cell["cell__sku"] is not None],
        "events": events.order_by("-pk")[:MOST_SHOWN],
    }
