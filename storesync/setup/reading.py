"""What set-up knows of the ERP and the shops: what was read lately, else it is read while a user waits."""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone
from django_tasks import task

from core.errors import DomainError
from core.tasks import enqueue
from storesync.connections import PATIENCE, ConnectionBroken, heeding_refusals
from storesync.connectors.registry import connector_of
from storesync.erp.client import Prokip
from storesync.models import Connection, ErpConfig
from storesync.setup.matching import read_shop
from storesync.stock.reading import read_erp
from storesync.wire import CallFailed, OutOfTime, RefusedCredentials

logger = logging.getLogger(__name__)

LATELY = timedelta(minutes=5)
WAIT = 25  # seconds after which no further call is made for a user who waits
ERP_REFUSED = "Prokip refused the token. Connect it again."


class ErpMissing(DomainError):
    """The user has connected no ERP."""

    code = "erp_missing"
    message = "Prokip config missing"


def end_of_wait() -> float:
    """Until when calls are made for a user who asks now, as a moment of `time.monotonic()`."""
    return time.monotonic() + WAIT


def erp_of(owner_id: int) -> ErpConfig:
    """A user's ERP. Raises ErpMissing."""
    erp = ErpConfig.objects.filter(owner=owner_id).first()
    if erp is None:
        raise ErpMissing
    return erp


def bring_erp(erp: ErpConfig, *, ends_at: float | None) -> None:
    """Know what the ERP sells. Raises CallFailed; what takes too long is read on by a worker."""
    if is_recent(erp.read_at):
        return
    if erp.refused_at:
        raise RefusedCredentials(ERP_REFUSED)
    try:
        read_erp(erp, Prokip.of(erp, ends_at=ends_at))
    except OutOfTime:
        enqueue(read_erp_on, erp_id=erp.pk)
        raise
    except RefusedCredentials as error:
        erp.refuse()
        raise RefusedCredentials(ERP_REFUSED) from error


def bring_shop(connection: Connection, *, ends_at: float | None) -> None:
    """Know what the shop sells. Raises CallFailed, ConnectionBroken; what takes too long is read on by a worker."""
    if is_recent(connection.items_read_at):
        return
    if connection.status == Connection.Status.BROKEN:
        raise ConnectionBroken
    try:
        with heeding_refusals(connection):
            read_shop(connection, connector_of(connection, patience=PATIENCE, ends_at=ends_at))
    except OutOfTime:
        enqueue(read_shop_on, connection_id=connection.pk)
        raise


def bring_shops(connections: Iterable[Connection], *, ends_at: float | None) -> dict[Connection, DomainError]:
    """Those that could not be read, and why; of them, what was known stays known."""
    failed: dict[Connection, DomainError] = {}
    for connection in connections:
        try:
            bring_shop(connection, ends_at=ends_at)
        except (CallFailed, ConnectionBroken) as error:
            failed[connection] = error
    return failed


def is_recent(read_at: datetime | None) -> bool:
    return read_at is not None and read_at > timezone.now() - LATELY


@task
def read_erp_on(erp_id: int) -> None:
    """Read an ERP with all the time that it takes."""
    if erp := ErpConfig.objects.filter(pk=erp_id).first():
        with logged(f"ERP {erp_id}"):
            bring_erp(erp, ends_at=None)


@task
def read_shop_on(connection_id: int) -> None:
    """Read a shop with all the time that it takes."""
    if connection := Connection.objects.kept().filter(pk=connection_id).first():
        with logged(f"Connection {connection_id}"):
            bring_shop(connection, ends_at=None)


@contextmanager
def logged(what: str) -> Iterator[None]:
    try:
        yield
    except DomainError as error:
        logger.warning("%s could not be read: %s", what, error.code)
