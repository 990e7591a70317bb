"""Our webhooks at the shops: made after connecting, looked after, taken away with the connection."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from core.db import transactional
from core.tasks import enqueue
from storesync.connectors.base import Connector
from storesync.connectors.registry import CONNECTORS, connector_of
from storesync.models import Connection, Platform
from storesync.signals import trouble_found
from storesync.wire import CallFailed, RefusedCredentials

logger = logging.getLogger(__name__)

# Seconds that a call may wait for its turn while a user waits for the answer.
PATIENCE = 5
EVERY, DAY = timedelta(minutes=15), timedelta(days=1)


def address_for(platform: str) -> str:
    """Where shops of this platform report."""
    own = settings.WEBHOOK_URL if platform == Platform.SHOPIFY else ""
    return own or f"{settings.SYNC_PUBLIC_URL}/connections/webhook/{platform}"


@task
def make_hooks(connection_id: int) -> None:
    """Have the shop tell us what it should, unless it does; what it refuses now is made when hooks are checked."""
    connection = Connection.objects.kept().filter(pk=connection_id).first()
    if connection is None:
        return
    try:
        make_missing(connection, connector_of(connection))
    except RefusedCredentials:
        connection.break_off(note="It refused the credentials when webhooks were made.")
    except CallFailed as error:
        logger.warning("Webhooks of connection %s are missing: %s", connection_id, error.code)


def make_missing(connection: Connection, connector: Connector) -> int:
    """Make what is not there, and what the shop has switched off; how many there were. Raises CallFailed."""
    address = address_for(connection.platform)
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


def take_away(connection: Connection) -> None:
    """Remove ours from a shop that is disconnected, as far as it answers; `connection` still has its credentials.

    Others who connected the shop then get hooks of their own.
    """
    if connection.platform not in CONNECTORS:
        return
    try:
        remove_all(connector_of(connection, patience=PATIENCE), address_for(connection.platform))
    except CallFailed as error:
        logger.info("Webhooks of connection %s stay at the shop: %s", connection.pk, error.code)
    same = Connection.objects.kept().filter(platform=connection.platform, address=connection.address)
    for other in same.exclude(pk=connection.pk):
        enqueue(make_hooks, connection_id=other.pk)


def remove_all(connector: Connector, address: str) -> None:
    """Raises CallFailed."""
    for hook in connector.hooks():
        if hook.address == address:
            connector.remove_hook(hook.id)
