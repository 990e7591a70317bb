"""Our webhooks at the shops: made after connecting, looked after, taken away with the connection."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from core.db import transactional
from core.tasks import enqueue
from core.text.canonical import sha256
from storesync.connectors.base import Connector
from storesync.connectors.registry import CONNECTORS, connector_of
from storesync.models import Connection, HookRemoval, Platform
from storesync.models.connection import ConnectionQuerySet
from storesync.signals import trouble_found
from storesync.wire import CallFailed, RefusedCredentials

logger = logging.getLogger(__name__)

TRIES = 4  # to remove webhooks from a shop that was disconnected
EVERY, DAY = timedelta(minutes=15), timedelta(days=1)


def address_for(connection: Connection) -> str:
    """Where the connection's shop reports.

    Where the connection has a secret of its own, the address names both: a shop never shows the secret of a webhook,
    and one that was made with another would be refused each time. Shopify's are our app's, for all who connected the
    shop.
    """
    own = settings.WEBHOOK_URL if connection.platform == Platform.SHOPIFY else ""
    address = own or f"{settings.SYNC_PUBLIC_URL}/connections/webhook/{connection.platform}"
    if not connection.webhook_secret:
        return address
    return f"{address}?key={connection.pk}-{sha256(connection.webhook_secret)[:16]}"


@task
def make_hooks(connection_id: int) -> None:
    """Have the shop tell us what it should, unless it does; what it refuses now is made when hooks are checked."""
    connection = Connection.objects.kept().filter(pk=connection_id).first()
    if connection is None:
        return
    left = removal_of(connection)
    try:
        make_missing(connection, connector_of(connection))
    except RefusedCredentials:
        connection.break_off(note="It refused the credentials when webhooks were made.")
    except CallFailed as error:
        logger.warning("Webhooks of connection %s are missing: %s", connection_id, error.code)
    if not Connection.objects.kept().filter(pk=connection_id).exists():
        take_away(left)  # it was disconnected, and its webhooks removed, while these were made


def make_missing(connection: Connection, connector: Connector) -> int:
    """Make what is not there, and what the shop has switched off; how many there were. Raises CallFailed."""
    address = address_for(connection)
    ours = [hook for hook in connector.hooks() if hook.address == address]
    for hook in ours:
        if not hook.is_active:
            connector.remove_hook(hook.id)
    missing = set(connector.topics) - {hook.topic for hook in ours if hook.is_active}
    for topic in sorted(missing):
        connector.add_hook(topic, address, secret=connection.webhook_secret or "")
    Connection.objects.filter(pk=connection.pk).update(hooks_checked_at=timezone.now())
    return len(missing)


def check(connection: Connection, connector: Connector) -> None:
    """Every 15 minutes, make what is missing, and tell where webhooks do not come. Raises CallFailed."""
    now, before = timezone.now(), connection.hooks_checked_at
    if not connector.topics or (before and before > now - EVERY):
        return
    is_lost = make_missing(connection, connector) > 0 and before is not None  # the first ones were never there
    problem = ""
    if is_lost and connection.hooks_lost_at and connection.hooks_lost_at > now - DAY:
        problem = "Its webhooks were gone twice within a day."
    elif is_silent(connection, now):
        problem = "No webhook came for a day, while pulls found orders."
    if is_lost:
        Connection.objects.filter(pk=connection.pk).update(hooks_lost_at=now)
    note_problem(connection, problem, now)


def is_silent(connection: Connection, now: datetime) -> bool:
    """Whether a day of orders came without a webhook."""
    if (connection.last_delivery_at or connection.created_at) > now - DAY:
        return False
    return connection.runs.filter(started_at__gt=now - DAY, rescued__gt=0).exists()


@transactional
def note_problem(connection: Connection, problem: str, now: datetime) -> None:
    """Tell of a problem once, at most once a day of the same shop; one that did not come back for a day is over."""
    connection.lock()
    was_told = connection.hooks_told_at is not None and connection.hooks_told_at > now - DAY
    if was_told or bool(problem) == bool(connection.hooks_problem):
        return
    connection.hooks_problem = problem
    if problem:
        connection.hooks_told_at = now
        said = {"kind": "hooks", "message": problem, "occurrence": now.isoformat()}
        trouble_found.send(sender=Connection, about=connection, **said)
    connection.save(update_fields=["hooks_problem", "hooks_told_at"])


def removal_of(connection: Connection) -> HookRemoval:
    """What is needed to remove its webhooks once it has no credentials any more."""
    return HookRemoval(
        connection=connection, credentials=connection.credentials or "{}", hook_address=address_for(connection)
    )


def take_away(removal: HookRemoval) -> None:
    """Have a worker remove ours from a shop that was disconnected."""
    connector = CONNECTORS.get(removal.connection.platform)
    if connector is None or not connector.topics:
        return
    kept = {"credentials": removal.credentials, "hook_address": removal.hook_address, "attempts": 0}
    HookRemoval.objects.update_or_create(connection=removal.connection, defaults=kept)
    enqueue(remove_hooks, connection_id=removal.connection_id)


@task
def remove_hooks(connection_id: int) -> None:
    """Remove them as far as the shop answers. Those who connected the same shop keep theirs."""
    removal = HookRemoval.objects.filter(connection=connection_id).select_related("connection").first()
    if removal is None:
        return
    others = [each for each in at_the_same_shop(removal.connection) if address_for(each) == removal.hook_address]
    if not others and not is_settled(removal):
        return
    removal.delete()
    for other in at_the_same_shop(removal.connection):  # who came meanwhile lost what they share with us
        enqueue(make_hooks, connection_id=other.pk)


def at_the_same_shop(removed: Connection) -> ConnectionQuerySet:
    return Connection.objects.kept().filter(platform=removed.platform, identity=removed.identity)


def is_settled(removal: HookRemoval) -> bool:
    """Whether they are gone, or it makes no sense to try again."""
    removed = removal.connection
    shop = Connection(platform=removed.platform, address=removed.address, credentials=removal.credentials)
    try:
        remove_all(connector_of(shop), removal.hook_address)
    except CallFailed as error:
        removal.attempts += 1
        removal.save(update_fields=["attempts"])
        if removal.attempts < TRIES and not isinstance(error, RefusedCredentials):
            return False
        logger.warning("Webhooks of connection %s stay at the shop: %s", removed.pk, error.code)
        problem = f"Its webhooks stay at the shop. {error.message}"[:200]
        Connection.objects.filter(pk=removed.pk).update(hooks_problem=problem)
    return True


def remove_all(connector: Connector, address: str) -> None:
    """Raises CallFailed."""
    for hook in connector.hooks():
        if hook.address == address:
            connector.remove_hook(hook.id)


def remove_left() -> Iterator[str]:
    """Try again where shops did not answer, or a worker was lost."""
    left = list(HookRemoval.objects.order_by("pk").values_list("connection_id", flat=True))
    for connection_id in left:
        remove_hooks.call(connection_id=connection_id)
    if left:
        yield f"disconnected shops whose webhooks were to be removed: {len(left)}"
