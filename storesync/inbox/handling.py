"""The second half of the inbox: the worker acts on what was stored, again and again until it is done or parked."""

from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q
from django_tasks import task

from core import inbox
from core.tasks import enqueue
from storesync.connectors.registry import connector_of
from storesync.models import Connection, Delivery, Platform
from storesync.sales.reading import Unreadable, parse, read_shopify, read_woocommerce, resource_of
from storesync.sales.working import receive
from storesync.setup.matching import ask_to_read
from storesync.signals import trouble_found
from storesync.values import identifier, members, text
from storesync.wire import RefusedCredentials

Status = Delivery.Status
Act = Callable[[Delivery], Any]


@task
def handle_event(connection_ids: list[int], event_key: str) -> None:
    """The worker's turn at an event, for each connection that has it; a failed one gets another when it is due."""
    mine = Delivery.objects.filter(connection_id__in=connection_ids, event_key=event_key)
    for delivery in mine.select_related("connection").order_by("pk"):
        if handle(delivery).status == Status.FAILED:
            again = handle_event.using(run_after=delivery.next_attempt_at)
            enqueue(again, connection_ids=[delivery.connection_id], event_key=event_key)


def handle(delivery: Delivery) -> Delivery:
    """Act on a delivery if it is due and no other worker has it."""
    return inbox.handle(delivery, act=act, final=(Unreadable,), parked=tell)


def tell(delivery: Delivery) -> None:
    """It is parked and needs a person."""
    said = {"kind": "unreadable", "message": delivery.error, "occurrence": str(delivery.attempts)}
    trouble_found.send(sender=Delivery, about=delivery, **said)


def act(delivery: Delivery) -> bool:
    """Do what the topic asks for; False where it asks for nothing. Doing it again does nothing new."""
    hear(delivery)
    acts = ACTS.get((delivery.connection.platform, delivery.topic))
    is_removed = delivery.connection.status == Connection.Status.REMOVED
    if acts is None or delivery.payload is None or (is_removed and delivery.topic not in PRIVACY_TOPICS):
        return False
    acts(delivery)
    return True


def hear(delivery: Delivery) -> None:
    """Note that the shop tells us something."""
    earlier = Q(last_delivery_at=None) | Q(last_delivery_at__lt=delivery.received_at)
    Connection.objects.filter(earlier, pk=delivery.connection_id).update(last_delivery_at=delivery.received_at)


def payload_of(delivery: Delivery) -> Any:
    """What the shop sent. Raises Unreadable."""
    return parse(b64decode(delivery.payload or ""))


def take_shopify_order(delivery: Delivery) -> None:
    """Raises Unreadable."""
    receive(connection=delivery.connection, order=read_shopify(payload_of(delivery)))


def take_woocommerce_order(delivery: Delivery) -> None:
    """Raises Unreadable, and CallFailed where the shop does not say what its refunds took back."""
    deleted, resource = delivery.topic == DELETED, resource_of(payload_of(delivery))
    order = read_woocommerce(resource, deleted=deleted)
    if order.refunds_unread:
        refunds = connector_of(delivery.connection).refunds_of(order.id)
        order = read_woocommerce(resource, refunds=refunds)
    version = delivery.received_at if deleted else None
    receive(connection=delivery.connection, order=order, version=version)


def look_at_product(delivery: Delivery) -> None:
    """Have the next run read the shop's items where one is told of that we do not know. Raises Unreadable."""
    product = payload_of(delivery)
    if not isinstance(product, dict):
        raise Unreadable("The product is no object.")
    told = {(identifier(each.get("id")), text(each.get("sku"))) for each in members(product.get("variants"))}
    mine = delivery.connection.mappings.filter(item_id=identifier(product.get("id")))
    if told - set(mine.values_list("variant_id", "sku")):
        ask_to_read(delivery.connection)


def lose_app(delivery: Delivery) -> None:
    """The merchant took our app away, and its token with it, unless that is old and it was connected again since.

    Raises CallFailed where the shop cannot be asked.
    """
    try:
        connector_of(delivery.connection).check()
    except RefusedCredentials:
        delivery.connection.break_off(note="The app was uninstalled at the shop.")


def redact(delivery: Delivery) -> None:
    """Remove what we keep of buyers, which is in the payloads alone: of all that was acted on, and of this one."""
    finished = ~Q(status__in=Delivery.OPEN) | Q(pk=delivery.pk)
    Delivery.objects.filter(finished, connection=delivery.connection).update(payload=None)


DELETED = "order.deleted"
REDACTIONS = ("customers/redact", "shop/redact")
# Shopify tells them of shops that took our app away, too.
PRIVACY_TOPICS = frozenset(REDACTIONS)
ACTS: Mapping[tuple[str, str], Act] = {
    **{(Platform.SHOPIFY, f"orders/{what}"): take_shopify_order for what in ("create", "updated", "cancelled")},
    **{(Platform.WOOCOMMERCE, f"order.{what}"): take_woocommerce_order for what in ("created", "updated", "deleted")},
    **{(Platform.SHOPIFY, topic): redact for topic in REDACTIONS},
    (Platform.SHOPIFY, "products/update"): look_at_product,
    (Platform.SHOPIFY, "app/uninstalled"): lose_app,
}
