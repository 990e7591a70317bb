"""Creating at a shop what it lacks of the ERP's products: one worker at a time for each shop, so nothing twice."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from core.errors import Conflict, DomainError
from core.money import ZERO
from core.tasks import enqueue
from storesync.connections import PATIENCE, ConnectionBroken, heeding_refusals
from storesync.connectors.base import Connector, NewItem, Outcome
from storesync.connectors.registry import connector_of
from storesync.models import Connection, ErpConfig, ErpItem
from storesync.setup.matching import ask_to_read, read_shop
from storesync.setup.readiness import Sides, lacking
from storesync.setup.reading import bring_erp, erp_of
from storesync.stock.pushing import has_our_currency
from storesync.stock.reserved import reserved
from storesync.stock.wanted import wanted
from storesync.wire import CallFailed, OutOfTime, RefusedCredentials, Rejected, Throttled

logger = logging.getLogger(__name__)

# Longer than a batch takes with all its waits, and than a shop may go on after we gave its answer up.
LEASE = timedelta(minutes=5)
MOST_PROBLEMS = 100  # that are told


class InMotion(Conflict):
    """Another call or a worker creates items in this shop."""

    code = "push_in_motion"
    message = "Products are being pushed to this store. Ask again in a few minutes."


class StorePaused(DomainError):
    """A paused store gets nothing."""

    code = "connection_paused"
    message = "The store is paused. Resume it first."


class Lease:
    """The right to create items in a shop, for a `with`; it ends by itself if its worker dies. Raises InMotion.

    Set `is_open` where the shop may still be at it, though it did not answer: then nobody may begin before the end.
    """

    def __init__(self, connection: Connection) -> None:
        self.rows = Connection.objects.filter(pk=connection.pk)
        self.until, self.is_open = timezone.now() + LEASE, False

    def __enter__(self) -> "Lease":
        is_free = Q(filling_until=None) | Q(filling_until__lte=timezone.now())
        if not self.rows.filter(is_free).update(filling_until=self.until):
            raise InMotion
        return self

    def extend(self) -> bool:
        """Whether the worker may go on: the lease is still ours, and the shop neither paused nor removed."""
        mine, later = self.rows.enabled().filter(filling_until=self.until), timezone.now() + LEASE
        if not mine.update(filling_until=later):
            return False
        self.until = later
        return True

    def __exit__(self, *error: object) -> None:
        mine = self.rows.filter(filling_until=self.until)
        mine.update(filling_until=self.until if self.is_open else None)


class OtherCurrency(DomainError):
    """The ERP's prices are not in the currency of the shop."""

    code = "currency"
    message = "The store sells in another currency than Prokip."


@dataclass
class Pushed:
    """What became of the ERP's products. `goes_on`: a worker creates the rest."""

    created: int = 0
    skipped: int = 0
    failed: int = 0
    problems: list[dict[str, str]] = field(default_factory=list)
    goes_on: bool = False

    def count(self, outcome: Outcome[NewItem]) -> None:
        self.created += len(outcome.done)
        for item, reason in outcome.refused:
            self.fail(1, item.sku, reason)

    def fail(self, many: int, sku: str, reason: str) -> None:
        self.failed += many
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append({"sku": sku, "error": reason})


def count_lacking(connection: Connection) -> Pushed:
    """What a push would do, by what was read lately. Raises ErpMissing, ConnectionBroken, CallFailed."""
    sides = Sides.now(connection)
    missing = len(lacking(sides))
    return Pushed(created=missing, skipped=len(sides.items) - missing)


def push(connection: Connection, *, ends_at: float | None = None) -> Pushed:
    """Create what the shop lacks, as it says itself now; after `ends_at` a worker goes on.

    Raises ErpMissing, ConnectionBroken, StorePaused, InMotion, OtherCurrency, and CallFailed where nothing was begun.
    """
    refuse_idle(connection)
    erp = erp_of(connection.owner_id)
    bring_erp(erp, ends_at=ends_at)
    pushed, connector = Pushed(), connector_of(connection, patience=PATIENCE, ends_at=ends_at)
    with heeding_refusals(connection), Lease(connection) as lease:
        try:
            create(connector, erp, lease, pushed)
        except OutOfTime:
            pushed.goes_on = True
    ask_to_read(connection)
    if pushed.goes_on:
        enqueue(push_on, connection_id=connection.pk)
    return pushed


def refuse_idle(connection: Connection) -> None:
    """Raises ConnectionBroken, StorePaused."""
    if connection.status == Connection.Status.BROKEN:
        raise ConnectionBroken
    if not connection.is_enabled:
        raise StorePaused


def create(connector: Connector, erp: ErpConfig, lease: Lease, pushed: Pushed) -> None:
    """Raises OtherCurrency, OutOfTime, RefusedCredentials. After another error the rest counts as failed."""
    read_shop(connector.connection, connector)
    if not has_our_currency(connector.connection, connector):
        raise OtherCurrency
    sides = Sides.of(erp, connector.connection)
    missing = new_items(connector.connection, erp, lacking(sides))
    pushed.skipped, left = len(sides.items) - len(missing), len(missing)
    try:
        for outcome in connector.create(missing):
            pushed.count(outcome)
            left -= len(outcome.done) + len(outcome.refused)
            if left and not lease.extend():
                raise Rejected("The store was paused or disconnected meanwhile.")
    except (OutOfTime, RefusedCredentials):
        raise
    except CallFailed as error:
        pushed.fail(left, "", error.message)
        lease.is_open = not isinstance(error, Rejected | Throttled)


def new_items(connection: Connection, erp: ErpConfig, items: Sequence[ErpItem]) -> list[NewItem]:
    """What `lacking` found, each with as many pieces as the shop may list."""
    held = reserved(erp)
    figures = (
        wanted(item.stock, buffer=connection.buffer, most_listed=connection.max_listed, reserved=held[item.sku])
        for item in items
    )
    return [
        NewItem(item.sku, item.name, item.price or ZERO, figure.quantity or 0)
        for item, figure in zip(items, figures, strict=True)
    ]


@task
def push_on(connection_id: int) -> None:
    """Create what is left, with all the time that it takes."""
    connection = Connection.objects.enabled().filter(pk=connection_id).first()
    if connection is None:
        return
    try:
        pushed = push(connection)
    except DomainError as error:
        logger.warning("Products of connection %s are missing: %s", connection_id, error.code)
    else:
        logger.info("Connection %s: %s created, %s failed", connection_id, pushed.created, pushed.failed)
