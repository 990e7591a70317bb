"""A turn at the orders of a shop, in the order of their creation: one worker at each, failed ones later."""

import logging
import math
import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Min, Q, QuerySet
from django.utils import timezone
from django_tasks import task

from core.db import transactional
from core.inbox import described
from core.tasks import enqueue
from storesync.erp.client import Prokip
from storesync.models import Connection, ErpConfig, StoreOrder
from storesync.models.orders import RETRY_AFTER
from storesync.sales.booking import CannotBook
from storesync.sales.claiming import ClaimLost, claim, renew
from storesync.sales.intake import take_in, tell
from storesync.sales.reading import Order, Problem
from storesync.sales.returning import give_back
from storesync.sales.selling import REOPENED, BookedElsewhere, differing, sell
from storesync.stock.reserved import pieces_of
from storesync.wire import CallFailed, RefusedCredentials

logger = logging.getLogger(__name__)
Status = StoreOrder.Status

# Seconds after which a worker looks for what cannot wait, such as the last pieces.
TURN = 1.0
NO_ERP = Problem("erp_missing", "No ERP is connected.")
# What is wrong with the ERP is not told again with each order.
TOLD_OF_THE_ERP = (NO_ERP.code, RefusedCredentials.code)


@transactional
def receive(*, connection: Connection, order: Order, version: datetime | None = None) -> bool:
    """Take in what a shop says of an order, and let a worker send what is due of it; whether it was not known.

    `version` is the moment of news that has none of its own.
    """
    taken = take_in(connection=connection, order=order, version=version)
    if taken is None:
        return False
    kept, is_new = taken
    if kept.next_attempt_at:
        enqueue(send_orders, connection_id=connection.pk)
    return is_new


@task
def send_orders(connection_id: int) -> None:
    """Send what is due of a shop, for a moment; asks for a worker again, at once or when the next try is due."""
    connection = Connection.objects.get(pk=connection_id)
    work_off(connection, ends_at=time.monotonic() + TURN)
    if later := next_due(connection):
        enqueue(send_orders.using(run_after=later), connection_id=connection_id)


def due_orders(connection: Connection, *, now: datetime | None = None) -> QuerySet[StoreOrder]:
    """The shop's orders with something to do, the oldest first; those of a paused or removed shop wait.

    What the ERP may have been told of already is brought to its end, even when the shop was removed since.
    """
    orders = StoreOrder.objects.filter(connection=connection, next_attempt_at__lte=now or timezone.now())
    is_worked = Q(connection__status__in=(Connection.Status.ACTIVE, Connection.Status.BROKEN))
    is_left = Q(connection__status=Connection.Status.REMOVED, status=Status.RESERVED)
    return orders.filter(is_worked | is_left).order_by("ordered_at", "pk")


def next_due(connection: Connection) -> datetime | None:
    """When a worker is needed again: at the next try, or while another is at it, when the lease of that one, who may
    have died, is over.
    """
    now = timezone.now()
    soon = due_orders(connection, now=now + RETRY_AFTER[-1])
    lease = Min("claimed_until", filter=Q(claimed_until__gt=now))
    when = soon.aggregate(lease=lease, next=Min("next_attempt_at"))
    return when["lease"] or when["next"]


def work_off(connection: Connection, *, ends_at: float = math.inf) -> int:
    """Act on all that is due of the shop, unless another worker does; how many orders that were.

    None is begun after `ends_at`, by the monotonic clock.
    """
    done = 0
    while time.monotonic() < ends_at and (order := due_orders(connection).select_related("connection").first()):
        if not claim(order):
            break  # whoever has it goes on with the rest
        work_at(order)
        done += 1
    return done


def work_at(order: StoreOrder) -> None:
    """Do what the order needs, and note what became of it."""
    due_at = order.next_attempt_at
    try:
        act(order)
    except ClaimLost:
        logger.warning("%s was taken by another worker", order)
    except CannotBook as error:
        outcome = Status.IGNORED if order.is_cancelled else Status.BLOCKED
        if conclude(order, due_at, problems=error.problems) and order.can_move_to(outcome):
            order.move_to(outcome)
    except CallFailed as error:
        conclude(order, due_at, problems=[Problem(error.code, error.message)], again_at=next_try(order, error))
    except Exception as error:  # an edge: one broken order stops no other
        logger.exception("%s failed", order)
        conclude(order, due_at, problems=[Problem("failed", described(error))], again_at=next_try(order, error))
    else:
        conclude(order, due_at, problems=differing(order))


def act(order: StoreOrder) -> None:
    """Sell it, then take back what came back. Raises CannotBook, CallFailed."""
    erp = ErpConfig.objects.filter(owner=order.connection.owner_id).first()
    if erp is None:
        raise CannotBook((NO_ERP,))
    if erp.refused_at:
        raise RefusedCredentials
    prokip = Prokip.of(erp, before_each=partial(renew, order))
    try:
        if order.status in (Status.WAITING, Status.RESERVED, Status.BLOCKED):
            sell(order, erp, prokip)
            order.refresh_from_db()
        if order.status == Status.SENT:
            give_back(order, erp, prokip)
        if order.status == Status.RETURNED and pieces_of(order):  # opened again meanwhile, or returned by the ERP
            raise CannotBook((REOPENED,))
    except RefusedCredentials:
        erp.refuse()
        raise


@transactional
def conclude(
    order: StoreOrder, due_at: datetime | None, *, problems: Iterable[Problem], again_at: datetime | None = None
) -> bool:
    """Give the order back until `again_at`; False where news came meanwhile, which a worker looks at at once, or
    where another worker has it, or nobody is to look at it any more.
    """
    mine = StoreOrder.objects.filter(pk=order.pk, claimed_until=order.held_until)
    written = [asdict(problem) for problem in problems]
    mine_still = mine.filter(next_attempt_at=due_at).exclude(next_attempt_at=None)
    concluded = mine_still.update(problems=written, next_attempt_at=again_at)
    if concluded and written and again_at is None:  # dismissed was something else
        mine.update(dismissed_at=None)
    mine.update(claimed_until=None)
    order.refresh_from_db()
    if concluded and written and again_at is None and written[0]["code"] not in TOLD_OF_THE_ERP:
        tell(order)
    return bool(concluded)


def next_try(order: StoreOrder, error: Exception) -> datetime | None:
    """When the order is due again; None when no further try would help, and it waits for a person."""
    if isinstance(error, RefusedCredentials | BookedElsewhere) or order.attempts > len(RETRY_AFTER):
        return None
    wait = RETRY_AFTER[max(order.attempts, 1) - 1]  # news of the order begin the waits anew
    return timezone.now() + max(wait, timedelta(seconds=getattr(error, "retry_after", None) or 0))


@transactional
def wake(orders: QuerySet[StoreOrder]) -> int:
    """Try at once whatever waits, and was neither dismissed nor settled by hand; how many orders that are."""
    waiting = orders.filter(dismissed_at=None).exclude(status__in=(Status.IGNORED, Status.RETURNED))
    is_wanted = Q(is_paid=True, is_cancelled=False, settled_at=None) | Q(status__in=(Status.RESERVED, Status.SENT))
    stuck = waiting.filter(is_wanted).exclude(problems=[]) | waiting.filter(next_attempt_at__gt=timezone.now())
    shops = set(stuck.values_list("connection", flat=True))
    woken = stuck.update(next_attempt_at=timezone.now(), attempts=0)
    for shop in shops:
        enqueue(send_orders, connection_id=shop)
    return woken
