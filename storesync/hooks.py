"""Our webhooks at the shops: made after connecting, taken away with the connection."""

import logging

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from core.tasks import enqueue
from storesync.connectors.base import Connector
from storesync.connectors.registry import CONNECTORS, connector_of
from storesync.models import Connection, Platform
from storesync.wire import CallFailed, RefusedCredentials

logger = logging.getLogger(__name__)

# Seconds that a call may wait for its turn while a user waits for the answer.
PATIENCE = 5


def address_for(platform: str) -> str:
    """Where shops of this platform report."""
    own = settings.WEBHOOK_URL if platform == Platform.SHOPIFY else ""
    return own or f"{settings.SYNC_PUBLIC_URL}/connections/webhook/{platform}"


@task
def make_hooks(connection_id: int) -> None:
    """Have the shop tell us what it should, unless it does; what it refuses now is made when hooks are checked."""
    connection = Connection.objects.kept().filter(pk=connection_id).exclude(status=Connection.Status.BROKEN).first()
    if connection is None:
        return
    try:
        make_missing(connection)
    except RefusedCredentials:
        connection.move_to(Connection.Status.BROKEN, note="It refused the credentials when webhooks were made.")
    except CallFailed as error:
        logger.warning("Webhooks of connection %s are missing: %s", connection_id, error.code)


def make_missing(connection: Connection) -> int:
    """Make what is not there, and what the shop has switched off; how many there were. Raises CallFailed."""
    connector, address = connector_of(connection), address_for(connection.platform)
    ours = [hook for hook in connector.hooks() if hook.address == address]
    for hook in ours:
        if not hook.is_active:
            connector.remove_hook(hook.id)
    missing = set(connector.topics) - {hook.topic for hook in ours if hook.is_active}
    for topic in sorted(missing):
        connector.add_hook(topic, address, secret=connection.webhook_secret or "")
    Connection.objects.filter(pk=connection.pk).update(hooks_checked_at=timezone.now())
    return len(missing)


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
