"""Asking a shop for the orders that changed: whatever its webhooks lost is found."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from storesync.connectors.base import Connector, OrderPage
from storesync.models import Connection, StoreOrder
from storesync.sales.intake import block, is_older
from storesync.sales.reading import Order, content_of
from storesync.sales.working import receive

logger = logging.getLogger(__name__)

# What is asked for again each time: the shop's clock may differ from its own list, and a page may lose a row.
OVERLAP = timedelta(minutes=10)
# How old an order may be that is still open when its shop is connected.
OPEN_FOR = timedelta(days=14)
# A webhook may be on its way for so long.
UNDER_WAY = timedelta(minutes=2)


@dataclass
class Pulled:
    """How many orders were read, how many of them were not known, how many no webhook had told of, and how many
    cannot be read. `come_to` is told how many were read of how many (0: nobody knows).
    """

    read: int = 0
    new: int = 0
    rescued: int = 0
    unreadable: int = 0
    come_to: Callable[[int, int], None] = lambda done, total: None


def pull(connection: Connection, connector: Connector, pulled: Pulled) -> None:
    """Store what changed since the cursor, counting in `pulled`; workers send what is due.

    Raises CallFailed; the pages before that are stored. An order that is known as it is stays untouched.
    """
    begun = timezone.now()
    if connection.cursor is None:
        take_in_open_ones(connection, connector)
    for page in connector.orders_since((connection.cursor or connection.orders_from) - OVERLAP):
        if not Connection.objects.kept().filter(pk=connection.pk).exists():
            return  # it was disconnected meanwhile
        store(connection, page, pulled, begun)
        pulled.come_to(pulled.read, 0)
        if page.up_to:
            move_cursor(connection, min(page.up_to, begun))


def take_in_open_ones(connection: Connection, connector: Connector) -> None:
    """Know what is not paid yet of the time before the shop was connected: it holds pieces, and is sold once it is
    paid. Raises CallFailed.
    """
    for page in connector.orders_since(connection.orders_from - OPEN_FOR):
        for order in page.orders:
            if not order.paid and not order.cancelled:
                receive(connection=connection, order=order)


def store(connection: Connection, page: OrderPage, pulled: Pulled, begun: datetime) -> None:
    """Take in each order of the page that is news."""
    ids = [order.id for order in page.orders]
    known = {row.order_id: row for row in StoreOrder.objects.filter(connection=connection, order_id__in=ids)}
    pulled.read += len(ids)
    for order in page.orders:
        if is_known(known, order):
            continue
        pulled.rescued += is_rescued(known, order, begun)
        pulled.new += receive(connection=connection, order=order)
    for order_id, reason in page.unreadable:
        pulled.unreadable += 1
        logger.warning("An order of connection %s cannot be read: %s", connection.pk, reason)
        if order_id:
            block(connection=connection, order_id=order_id, reason=reason)


def is_known(known: Mapping[str, StoreOrder], order: Order) -> bool:
    """Whether its row says all of it. Shops count in seconds: two versions of one second are not the same."""
    row = known.get(order.id)
    if row is None or row.version is None or order.version is None:
        return False
    return is_older(order.version, row) or (order.version == row.version and row.content == content_of(order))


def is_rescued(known: Mapping[str, StoreOrder], order: Order, begun: datetime) -> bool:
    """Whether a webhook should have told of it by now."""
    row, version = known.get(order.id), order.version
    is_news = row is None or row.version is None or (version is not None and version > row.version)
    return is_news and version is not None and version <= begun - UNDER_WAY


def move_cursor(connection: Connection, up_to: datetime) -> None:
    """All that changed until then is stored, unless it was disconnected meanwhile. Never backwards, whichever of two
    pulls comes last.
    """
    earlier = Q(cursor=None) | Q(cursor__lt=up_to)
    Connection.objects.kept().filter(earlier, pk=connection.pk).update(cursor=up_to)
