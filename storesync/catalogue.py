"""Our own catalogue as a store of the hub: connected by a command, told by signals instead of webhooks."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet
from django_tasks import task

from accounts.models import User
from catalog.models import Product, StockMovement
from catalog.signals import stock_changed
from core.db import transactional
from core.errors import DomainError
from core.signals import status_changed
from core.tasks import enqueue
from orders.models import Order
from storesync.connecting import keep
from storesync.connectors.catalogue import neutral, orders_with_payment
from storesync.models import Connection, Platform
from storesync.sales.working import receive
from storesync.stock.guard import PRIORITY, lower_others

CONNECTED = "storesync:catalogue"
CONNECTED_SECONDS = 60


class PrefixTaken(DomainError):
    """Products would belong to two users' catalogues."""

    code = "prefix_taken"
    message = "Another user's catalogue has SKUs that begin so."


@transactional
def connect_catalogue(*, user: User, sku_prefix: str = "") -> Connection:
    """The user's connection to the products whose SKUs begin so; a second prefix replaces the first.

    Raises PrefixTaken.
    """
    for taken in catalogues().select_for_update().exclude(owner=user).values_list("sku_prefix", flat=True):
        if taken.startswith(sku_prefix) or sku_prefix.startswith(taken):
            raise PrefixTaken
    known = catalogues().filter(owner=user).first()  # also under a name that the site had before
    address = known.address if known else urlsplit(settings.SITE_URL).netloc
    kept = keep(Connection(platform=Platform.GIGGATEK, address=address, identity=address, credentials="{}"), user)
    kept.sku_prefix = sku_prefix
    kept.save(update_fields=["sku_prefix"])
    cache.delete(CONNECTED)
    return kept


def catalogues() -> QuerySet[Connection]:
    return Connection.objects.kept().filter(platform=Platform.GIGGATEK)


def is_connected() -> bool:
    """Whether anybody has connected the catalogue; asked once a minute, since every order asks."""
    return bool(cache.get_or_set(CONNECTED, catalogues().exists, CONNECTED_SECONDS))


def listen() -> None:
    """Hear of orders, and of pieces that were taken or came back."""
    stock_changed.connect(hear_movements)
    status_changed.connect(hear_order, sender=Order)


def hear_movements(*, movements: list[StockMovement], **_: Any) -> None:
    """Pieces of orders or rentals were taken, or came back."""
    if not is_connected():
        return
    causes = [(movement, *movement.reference.partition(":")[::2]) for movement in movements]
    orders = {int(number) for _, kind, number in causes if kind == "order"}
    rented = {movement.product_id for movement, kind, _ in causes if kind == "rental"}
    if orders or rented:
        follow(order_ids=sorted(orders), product_ids=sorted(rented))


def hear_order(*, subject: Order, old: str | None, **_: Any) -> None:
    """An order was paid, or cancelled; that it was placed is heard from its pieces."""
    if old is not None and is_connected():
        follow(order_ids=[subject.pk], product_ids=[])


def follow(**what: list[int]) -> None:
    enqueue(follow_catalogue.using(priority=PRIORITY), **what)


@task
def follow_catalogue(order_ids: list[int], product_ids: list[int]) -> None:
    """Take in what became of these orders; have the other shops show no more than rentals left of the products."""
    orders = list(orders_with_payment().filter(pk__in=order_ids).order_by("pk"))
    skus = Product.objects.filter(pk__in=product_ids).values_list("sku", flat=True)
    for connection in catalogues():
        for order in (neutral(order, connection.sku_prefix) for order in orders):
            if order.lines:
                receive(connection=connection, order=order)
        if rented := [sku for sku in skus if sku.startswith(connection.sku_prefix)]:
            lower_others(connection, rented)
