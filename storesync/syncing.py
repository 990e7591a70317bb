"""The runs of the sync: each owner's shops in one process at a time, however many processes are at it."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import F
from django.utils import timezone
from django_tasks import task

from accounts.models import User
from core.clock.models import Lease
from core.db import transactional
from core.inbox import described
from core.tasks import enqueue
from storesync import hooks
from storesync.connectors.base import Connector, Level
from storesync.connectors.registry import CONNECTORS, connector_of
from storesync.erp.client import Prokip
from storesync.inbox.handling import handle
from storesync.models import Connection, Delivery, ErpConfig, StoreOrder, SyncRun
from storesync.models.connection import ConnectionQuerySet
from storesync.sales.pulling import Pulled, pull
from storesync.sales.working import NO_ERP, due_orders, wake, work_off
from storesync.setup.matching import read_shop_when_due
from storesync.stock.comparing import plan, read_levels
from storesync.stock.pushing import Figures, push
from storesync.stock.reading import read_erp
from storesync.wire import CallFailed, RefusedCredentials

logger = logging.getLogger(__name__)

# Longer than the longest step of a run may take; a process that died leaves the owner's shops alone for so long.
LEASE = timedelta(minutes=5)
SAVED_EVERY = 2  # seconds between two savings of what a run has come to
# Seconds after which no call to an ERP or to a shop begins, so that a slow or endless one does not keep all others.
LONGEST = 600
AGAIN_AFTER = timedelta(seconds=5)
# A living worker needs no help for so long.
PATIENCE = timedelta(seconds=30)
# Seconds in which a pull that a user waits for begins its calls, of which the last may take 20 more.
WHILE_WAITED_FOR = 5
DIED = "Its process ended before it did."
TOOK_TOO_LONG = "A step took too long, and another process goes on."
ERP_REFUSED = "The ERP refused its token. Connect it again."


def callable_shops() -> ConnectionQuerySet:
    """The shops that may be asked: all but those that are removed or refused our credentials."""
    return Connection.objects.kept().exclude(status=Connection.Status.BROKEN).filter(platform__in=CONNECTORS)


def sync(shops: ConnectionQuerySet) -> Iterator[str]:
    """A run over these shops, and whatever a lost worker left of them; a line for each."""
    yield from sweep(shops)
    owners = list(shops.order_by("owner").values_list("owner", flat=True).distinct())
    random.shuffle(owners)  # where the time is not enough for all, they are others each time
    for owner_id in owners:
        runs = sync_owner(owner_id, shops)
        if runs is None:
            yield f"User {owner_id}: another process is at it."
        yield from map(line_of, runs or [])


def line_of(run: SyncRun) -> str:
    figures = ", ".join(f"{name} {getattr(run, name)}" for name in ("read", "written", "rescued", "calls", "errors"))
    return f"{run.connection}: {figures}{run.error and f' ({run.error})'}"


def sweep(shops: ConnectionQuerySet) -> Iterator[str]:
    """Handle webhooks and send orders whose worker or task was lost."""
    long_due = timezone.now() - PATIENCE
    left = Delivery.objects.due(now=long_due).filter(connection__in=shops).order_by("pk").values_list("pk", flat=True)
    if handled := [handle(Delivery.objects.get(pk=pk)) for pk in list(left)]:
        yield f"webhooks handled: {len(handled)}"
    for shop in shops:
        if due_orders(shop, now=long_due).exists():
            yield f"{shop}: orders sent: {work_off(shop)}"


# --- A run


def sync_owner(owner_id: int, shops: ConnectionQuerySet) -> list[SyncRun] | None:
    """Run over those of the shops that are this owner's; None where another process does."""
    turn = Turn(owner_id)
    if not turn.take():
        return None
    try:
        erp_error = read_stock_of(owner_id)
        return [run_over(shop, turn, erp_error) for shop in shops.filter(owner=owner_id)]
    finally:
        turn.end()


def read_stock_of(owner_id: int) -> str:
    """Know what the owner's ERP has; why that cannot be known, where it cannot."""
    erp = ErpConfig.objects.filter(owner=owner_id).first()
    if erp is None or erp.refused_at:
        return NO_ERP.message if erp is None else ERP_REFUSED
    try:
        read_erp(erp, Prokip.of(erp, ends_at=time.monotonic() + LONGEST))
    except RefusedCredentials:
        erp.refuse()
        return ERP_REFUSED
    except CallFailed as error:
        return f"The ERP: {error.message}"
    return ""


@dataclass
class Turn:
    """The right to run over an owner's shops, which ends by itself. `began_at` is the start of each of its runs."""

    owner_id: int
    process: str = field(default_factory=lambda: uuid4().hex)
    began_at: datetime = field(default_factory=timezone.now)

    @property
    def name(self) -> str:
        return f"sync:{self.owner_id}"

    def take(self) -> bool:
        """Have it, or keep it for longer; False where another process has it."""
        return Lease.take(self.name, owner=self.process, length=LEASE)

    def end(self) -> None:
        Lease.release(self.name, owner=self.process)


def run_over(shop: Connection, turn: Turn, erp_error: str) -> SyncRun:
    """Read a shop's stock, pull its orders, write what stock it should have, and look after its webhooks.

    What fails is noted, and the rest goes on. Without the ERP's figures there is nothing to write.
    """
    if turn.take():
        end_abandoned(shop)
    run = SyncRun.objects.create(connection=shop, started_at=turn.began_at)
    work = ShopRun(run, shop, connector_of(shop, ends_at=time.monotonic() + LONGEST))
    steps = {
        SyncRun.Step.READING: work.read_stock,
        SyncRun.Step.PULLING: work.pull_orders,
        SyncRun.Step.WRITING: work.push_stock,
        SyncRun.Step.HOOKS: work.check_hooks,
    }
    if erp_error:
        work.fail(erp_error)
        del steps[SyncRun.Step.READING]
    for name, step in steps.items():
        if not turn.take():
            work.fail(TOOK_TOO_LONG)
            break
        work.begin(name)
        if not work.attempt(step):
            break
    work.finish()
    return run


def end_abandoned(shop: Connection) -> None:
    """Whoever has the turn knows that the runs over this shop that have no end were left by processes that died."""
    SyncRun.objects.filter(connection=shop, finished_at=None).update(
        finished_at=timezone.now(), errors=F("errors") + 1, error=DIED
    )


@dataclass
class ShopRun:
    """A run over one shop."""

    run: SyncRun
    shop: Connection
    connector: Connector
    levels: list[Level] = field(default_factory=list)
    saved_at: float = 0

    def begin(self, step: SyncRun.Step) -> None:
        """Be at this step, which has come to nothing yet."""
        self.run.step, self.run.done, self.run.total = step, 0, 0
        self.save()

    def come_to(self, done: int, total: int) -> None:
        """Have done so many of `total` items of the step; that is saved now and then."""
        self.run.done, self.run.total = done, total
        if time.monotonic() - self.saved_at >= SAVED_EVERY:
            self.save()

    def save(self) -> None:
        """Write down the figures so far."""
        self.saved_at = time.monotonic()
        self.run.calls, self.run.throttled = self.connector.meter.calls, self.connector.meter.throttled
        self.run.save()

    def attempt(self, step: Callable[[], None]) -> bool:
        """Do a step, and note its failure; False where no further one makes sense."""
        try:
            step()
        except RefusedCredentials as error:
            self.shop.break_off(note="It refused the credentials when it was synced.")
            self.fail(error.message)
            return False
        except CallFailed as error:
            self.fail(error.message)
        except Exception as error:  # an edge: one shop stops no other
            logger.exception("%s failed", self.run)
            self.fail(described(error))
        return True

    def fail(self, message: str) -> None:
        self.run.errors += 1
        self.run.error = message

    def read_stock(self) -> None:
        """Before the orders: a sale that these figures have is known when it is decided on them."""
        if self.shop.is_enabled:
            read_shop_when_due(self.shop, self.connector)
            self.levels = read_levels(self.shop, self.connector, come_to=self.come_to)
            self.run.read = len(self.levels)

    def pull_orders(self) -> None:
        self.catch_up(Pulled(come_to=self.come_to))

    def catch_up(self, pulled: Pulled) -> None:
        """Pull orders. Where that fails, nothing is written: what the shop sold might be given back to it."""
        try:
            pull(self.shop, self.connector, pulled)
        except Exception:
            self.levels = []
            raise
        finally:
            self.run.rescued += pulled.rescued
            self.run.errors += pulled.unreadable
            self.save()

    def push_stock(self) -> None:
        figures, decisions = Figures(come_to=self.come_to), plan(self.shop, self.levels)
        try:
            push(
                self.shop,
                self.connector,
                decisions,
                figures,
                run=self.run,
                catch_up=lambda: self.catch_up(Pulled()),
            )
        finally:
            self.run.written += figures.written
            self.run.errors += figures.errors

    def check_hooks(self) -> None:
        hooks.check(self.shop, self.connector)

    def finish(self) -> None:
        """Write the figures down; a shop was synced once all went well."""
        run = self.run
        run.step, run.done, run.total, run.finished_at = "", 0, 0, timezone.now()
        self.save()
        if not run.error:
            Connection.objects.filter(pk=self.shop.pk).update(last_sync_at=run.finished_at)


# --- What a user asks for


@transactional
def ask(*, user: User) -> None:
    """Have a worker run over the user's shops, after a run that goes on now, and try at once whatever waits."""
    wake(StoreOrder.objects.filter(connection__in=Connection.objects.visible_to(user)))
    enqueue(run_asked, owner_id=user.pk, asked_at=timezone.now().isoformat())


@task
def run_asked(owner_id: int, asked_at: str) -> None:
    """The run that was asked for, unless one began since; while another goes on, it waits for that."""
    since = SyncRun.objects.filter(connection__owner=owner_id, started_at__gt=datetime.fromisoformat(asked_at))
    if since.exists():
        return
    if sync_owner(owner_id, callable_shops()) is None:
        later = timezone.now() + AGAIN_AFTER
        enqueue(run_asked.using(run_after=later), owner_id=owner_id, asked_at=asked_at)


def pull_now(*, user: User) -> int:
    """Pull the orders of all the user's shops for at most 25 s; a worker goes on. How many were not known."""
    pulled, ends_at = Pulled(), time.monotonic() + WHILE_WAITED_FOR
    for shop in callable_shops().filter(owner=user):
        try:
            pull(shop, connector_of(shop, ends_at=ends_at), pulled)
        except RefusedCredentials:
            shop.break_off(note="It refused the credentials when its orders were pulled.")
        except CallFailed:
            enqueue(pull_orders, connection_id=shop.pk)
    return pulled.new


@task
def pull_orders(connection_id: int) -> None:
    """Pull a shop's orders; one that does not answer is asked again by the next run."""
    shop = callable_shops().filter(pk=connection_id).first()
    if shop is None:
        return
    try:
        pull(shop, connector_of(shop), Pulled())
    except RefusedCredentials:
        shop.break_off(note="It refused the credentials when its orders were pulled.")
    except CallFailed as error:
        logger.warning("Orders of connection %s were not pulled: %s", connection_id, error.code)
