"""The first half of the inbox, while the shop waits: verify, and store the raw bytes, sealed."""

import logging
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Q

from core.db import transactional
from core.errors import NotAuthenticated
from core.tasks import enqueue
from core.text.canonical import sha256
from storesync.connectors.addresses import identity_of
from storesync.connectors.signatures import is_signed
from storesync.inbox.handling import PRIVACY_TOPICS, handle_event
from storesync.models import Connection, Delivery, Platform
from storesync.sales.reading import Unreadable, parse, resource_of
from storesync.stock.guard import PRIORITY
from storesync.values import identifier, members, text

logger = logging.getLogger(__name__)

Headers = Mapping[str, str]

TOPIC = 100
# What WooCommerce sends, unsigned, when somebody saves a webhook: it wants to know whether anybody answers.
PROBE = re.compile(rb"webhook_id=\d+")
# A database may take 16 MB at once.
AT_ONCE = 10_000_000


class InvalidSignature(NotAuthenticated):
    """A webhook that none of those whom we know has signed."""

    code = "invalid_signature"
    message = "Invalid signature"

    def __init__(self, platform: str) -> None:
        super().__init__()
        logger.warning("A webhook of %s is not signed as it should be", platform)


def receive_shopify(*, body: bytes, headers: Headers) -> None:
    """Store what a Shopify shop tells, once for each who connected it. Raises InvalidSignature."""
    if not is_signed(body, headers.get("X-Shopify-Hmac-Sha256", ""), settings.SHOPIFY_CLIENT_SECRET):
        raise InvalidSignature(Platform.SHOPIFY)
    topic = headers.get("X-Shopify-Topic", "")
    event, delivery = headers.get("X-Shopify-Event-Id"), headers.get("X-Shopify-Webhook-Id")
    named = f"event {event} {topic}" if event else f"delivery {delivery}" if delivery else digest(topic, body)
    shop = headers.get("X-Shopify-Shop-Domain", "").lower()
    takers = connections_at(shop, Platform.SHOPIFY, with_removed=topic in PRIVACY_TOPICS)
    keep(takers, topic=topic, event=named, body=body)


def receive_woocommerce(*, body: bytes, headers: Headers, key: str = "") -> None:
    """Store what a WooCommerce shop tells, for whoever's secret signed it. `key` is that of the address.

    A shop that nobody connected has no secret to check by: what it tells is dropped. Raises InvalidSignature.
    """
    signature = headers.get("X-WC-Webhook-Signature", "")
    if not signature and PROBE.fullmatch(body):
        return
    payload = payload_of(body)
    resource = resource_of(payload)
    resource = resource if isinstance(resource, dict) else {}
    source = headers.get("X-WC-Webhook-Source") or text(resource.get("site_url")) or linked(resource)
    number = identifier(key.partition("-")[0])  # what a shop calls itself may depend on the language of its page
    shops = connections_at(identity_of(source), Platform.WOOCOMMERCE, or_number=number)
    takers = signed_for(shops, identity=identity_of(source), body=body, signature=signature)
    topic = headers.get("X-WC-Webhook-Topic") or text(payload.get("topic"))
    keep(takers, topic=topic, event=woocommerce_event(topic, resource, body), body=body)


def signed_for(connections: Sequence[Connection], *, identity: str, body: bytes, signature: str) -> list[Connection]:
    """Those whose own secret signed it; by the secret of hooks made by hand, all that reach the shop by its own name.

    No further, since a shop says itself who it is, and might call itself another. Raises InvalidSignature without a
    signature, and where there is a secret that should have signed it and none has.
    """
    if is_signed(body, signature, settings.WOO_WEBHOOK_SECRET):
        return [each for each in connections if each.identity == identity == identity_of(each.address)]
    takers = [each for each in connections if is_signed(body, signature, each.webhook_secret or "")]
    if not signature or (not takers and (connections or settings.WOO_WEBHOOK_SECRET)):
        raise InvalidSignature(Platform.WOOCOMMERCE)
    return takers


def connections_at(
    identity: str, platform: str, *, with_removed: bool = False, or_number: str = ""
) -> list[Connection]:
    """Those of the shop that calls itself so, to the letter, and the one with this number."""
    is_meant = Q(identity=identity) | Q(pk=int(or_number)) if or_number else Q(identity=identity)
    found = Connection.objects.filter(is_meant, platform=platform).order_by("pk")
    found = found if with_removed else found.kept()
    return [each for each in found if each.identity == identity or str(each.pk) == or_number]


def keep(connections: Sequence[Connection], *, topic: str, event: str, body: bytes) -> None:
    """Store the event for each of the connections that has not got it yet, and hand it to the worker."""
    key = sha256(event)
    ids = {connection.pk for connection in connections}
    lacking = ids - known(ids, key)
    if not lacking:
        return
    try:
        store(sorted(lacking), topic=topic[:TOPIC], key=key, body=body)
    except IntegrityError:
        if not known(lacking, key):
            raise
        # It came twice at once, and the other request was faster for one of them.
        keep(connections, topic=topic, event=event, body=body)


def known(ids: set[int], key: str) -> set[int]:
    """The connections that have the event."""
    return set(Delivery.objects.filter(connection_id__in=ids, event_key=key).values_list("connection_id", flat=True))


@transactional
def store(ids: Sequence[int], *, topic: str, key: str, body: bytes) -> None:
    """A row for each connection, and one task for all. Raises IntegrityError where one has the event."""
    payload = b64encode(body).decode()
    rows = [Delivery(connection_id=pk, topic=topic, event_key=key, payload=payload) for pk in ids]
    # Sealed, each is half as long again.
    Delivery.objects.bulk_create(rows, batch_size=max(AT_ONCE // (2 * len(payload) + 1), 1))
    enqueue(handle_event.using(priority=PRIORITY), connection_ids=list(ids), event_key=key)


def woocommerce_event(topic: str, resource: Mapping[str, Any], body: bytes) -> str:
    """What is the same each time that a shop tells of one change; its own delivery id is new each time."""
    order, changed = identifier(resource.get("id")), text(resource.get("date_modified_gmt"))
    if not order or not changed:
        return digest(topic, body)
    return f"order {topic} {order} {text(resource.get('status'))} {changed}"


def digest(topic: str, body: bytes) -> str:
    return f"body {topic} {sha256(body)}"


def payload_of(body: bytes) -> dict[str, Any]:
    """The body's object; an empty one for all else."""
    try:
        payload = parse(body)
    except Unreadable:
        return {}
    return payload if isinstance(payload, dict) else {}


def linked(resource: Mapping[str, Any]) -> str:
    """The shop's address in the link of an order to itself."""
    links = resource.get("_links")
    own = members(links.get("self")) if isinstance(links, dict) else []
    return text(own[0].get("href")).partition("/wp-json/")[0] if own else ""
