"""What a user does with connected shops: settings, a pause, the end."""

from typing import Any

from accounts.models import User
from core.db import transactional
from core.errors import DomainError, NotFound
from core.tasks import enqueue
from storesync.hooks import removal_of, take_away
from storesync.models import Connection
from storesync.models.connection import ConnectionQuerySet
from storesync.sales.working import send_orders

Status = Connection.Status


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


@transactional
def change(*, user: User, connection_id: int, enabled: bool | None = None, **settings: Any) -> None:
    """Write the given settings; `enabled` resumes or pauses. Raises ConnectionNotFound, ConnectionBroken."""
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
