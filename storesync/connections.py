"""What a user does with connected shops: settings, a pause, the end."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from accounts.models import User
from core.db import transactional
from core.errors import DomainError, InvalidInput, NotFound
from core.tasks import enqueue
from storesync.connectors.registry import connector_of
from storesync.hooks import removal_of, take_away
from storesync.models import Connection
from storesync.models.connection import ConnectionQuerySet
from storesync.sales.working import send_orders
from storesync.wire import RefusedCredentials

Status = Connection.Status
PATIENCE = 5  # seconds that a call may wait for its turn while a user waits


class ConnectionNotFound(NotFound):
    """There is no such connection, or it is another's."""

    code = "connection_not_found"
    message = "There is no such connection."


class ConnectionBroken(DomainError):
    """The store refused our credentials: nothing can be synced until it is connected again."""

    code = "connection_broken"
    message = "The store refused our credentials. Connect it again."


def chosen(*, user: User, connection_id: int | None) -> ConnectionQuerySet:
    """The user's connection with this id, or all. Raises ConnectionNotFound."""
    mine = Connection.objects.visible_to(user)
    if connection_id is None:
        return mine
    mine = mine.filter(pk=connection_id)
    if not mine.exists():
        raise ConnectionNotFound
    return mine


def own(*, user: User, connection_id: int) -> Connection:
    """The user's connection with this id. Raises ConnectionNotFound."""
    connection = Connection.objects.visible_to(user).filter(pk=connection_id).first()
    if connection is None:
        raise ConnectionNotFound
    return connection


@transactional
def pause(*, user: User, connection_id: int | None = None, by: User | None = None) -> None:
    """Give these shops no more stock, and let their orders wait. `by` is who does it for the user.

    Raises ConnectionNotFound.
    """
    for connection in locked(chosen(user=user, connection_id=connection_id), Status.ACTIVE):
        connection.move_to(Status.PAUSED, by=by or user)


@transactional
def resume(*, user: User, connection_id: int | None = None, by: User | None = None) -> None:
    """Sync these shops again, and send the orders that came meanwhile. `by` is who does it for the user.

    Raises ConnectionNotFound, and ConnectionBroken for a named one that is.
    """
    mine = chosen(user=user, connection_id=connection_id)
    if connection_id and mine.filter(status=Status.BROKEN).exists():
        raise ConnectionBroken
    for connection in locked(mine, Status.PAUSED):
        connection.move_to(Status.ACTIVE, by=by or user)
        enqueue(send_orders, connection_id=connection.pk)


def locked(connections: ConnectionQuerySet, status: str) -> ConnectionQuerySet:
    """Those that have this status, and keep it until the transaction ends."""
    return connections.filter(status=status).select_for_update().order_by("pk")


@contextmanager
def heeding_refusals(connection: Connection) -> Iterator[None]:
    """Ask a shop that refuses our credentials no more. Raises ConnectionBroken."""
    try:
        yield
    except RefusedCredentials as error:
        connection.break_off(note="It refused the credentials.")
        raise ConnectionBroken from error


def change(*, user: User, connection_id: int, **settings: Any) -> None:
    """Write the given settings; `enabled` resumes or pauses.

    Raises ConnectionNotFound, ConnectionBroken, and InvalidInput for locations that the shop does not have, of which
    it is asked: a CallFailed where it does not answer.
    """
    if "locations" in settings:
        settings["locations"] = list(dict.fromkeys(settings["locations"]))  # stock goes to each once
    require_locations(own(user=user, connection_id=connection_id), settings.get("locations", []))
    write(user=user, connection_id=connection_id, **settings)


def require_locations(connection: Connection, locations: Iterable[str]) -> None:
    """Raises InvalidInput for a new one that the shop does not have; ConnectionBroken, CallFailed."""
    new = set(locations) - set(connection.locations)
    if not new:
        return
    with heeding_refusals(connection):
        shop = connector_of(connection, patience=PATIENCE).check()
    if unknown := sorted(new - {location.id for location in shop.locations}):
        raise InvalidInput.at("locations", f"The store has no location {', '.join(unknown)}.")


@transactional
def write(*, user: User, connection_id: int, enabled: bool | None = None, **settings: Any) -> None:
    mine = chosen(user=user, connection_id=connection_id)
    if settings:
        mine.update(**settings)
    if enabled is not None:
        (resume if enabled else pause)(user=user, connection_id=connection_id)


@transactional
def disconnect(*, connection: Connection, by: User) -> None:
    """Take nothing more from the shop and forget its credentials; what it sold stays.

    A worker removes our webhooks from it as far as it answers.
    """
    connection.lock()
    left, may_call = removal_of(connection), connection.status != Status.BROKEN
    if connection.move_to(Status.REMOVED, by=by) and may_call:
        take_away(left)
