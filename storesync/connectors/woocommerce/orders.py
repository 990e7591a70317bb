"""WooCommerce's orders that changed."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from storesync import wire
from storesync.connectors.base import OrderPage
from storesync.connectors.woocommerce.api import Api, Row
from storesync.sales.reading import Order, Unreadable, read_woocommerce
from storesync.values import identifier

# The bin is in no other list, and one that names it beside others may show it alone.
STATUSES = ("any", "trash")


def orders_since(api: Api, moment: datetime) -> Iterator[OrderPage]:
    """In the order of their ids, since not every version sorts by change: the last page alone has `up_to`."""
    after = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    newest: datetime | None = None
    for status in STATUSES:
        for rows in api.pages("orders", status=status, modified_after=after, dates_are_gmt="true"):
            page = page_of(api, rows)
            newest = max((each for each in (newest, page.up_to) if each), default=None)
            yield OrderPage(page.orders, None, page.unreadable)
    yield OrderPage((), newest)


def page_of(api: Api, rows: Sequence[Row]) -> OrderPage:
    orders: list[Order] = []
    unreadable: list[tuple[str, str]] = []
    for row in rows:
        try:
            orders.append(read_woocommerce(row, refunds=refunds_of(api, row) if row.get("refunds") else None))
        except Unreadable as error:
            unreadable.append((identifier(row.get("id")), str(error)))
    return OrderPage(tuple(orders), max((o.version for o in orders if o.version), default=None), tuple(unreadable))


def refunds_of(api: Api, order: Row) -> Sequence[Any]:
    """All refunds of an order. One that was deleted since it was listed has none."""
    try:
        return [row for rows in api.pages(f"orders/{identifier(order.get('id'))}/refunds") for row in rows]
    except wire.Rejected as refused:
        if refused.answered == 404:
            return []
        raise
