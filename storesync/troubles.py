"""What needs a person: orders and webhooks that no further try would mend, shops and ERPs that refuse us."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Max, Q, TextChoices
from django.utils import timezone

from accounts.models import User
from core.db import transactional
from core.errors import DomainError, NotFound
from core.tasks import enqueue
from storesync.connections import ConnectionBroken
from storesync.health import STUCK
from storesync.hooks import make_hooks
from storesync.inbox.handling import handle_event
from storesync.models import Connection, Delivery, ErpConfig, StoreOrder
from storesync.sales.working import wake
from storesync.stock.reserved import NOT_BOOKED

LEFT_BEHIND = {"code": "disconnected", "message": "Its store was disconnected."}
MOST = 500  # of each kind, the newest
ID = re.compile(r"(order|delivery|store|erp)-([0-9]{1,18})")


class Kind(TextChoices):
    """What is wrong, in a stable word for programs."""

    BLOCKED = "blocked", "An order that cannot become a sale as it is"
    OVERSOLD = "oversold", "An order of what another shop had sold"
    UNREADABLE = "unreadable", "A webhook that cannot be acted on"
    BROKEN = "broken", "A shop or an ERP that refused our credentials"
    HOOKS = "hooks", "Webhooks that do not come as they should"


class Trouble(NamedTuple):
    """A thing that needs a person. `id` names its row: order-12, delivery-7, store-3, erp-1."""

    id: str
    connection_id: int | None
    order_id: str | None
    kind: str
    message: str
    attempts: int
    created_at: datetime


class Disconnected(DomainError):
    """Nothing is done for a shop that was disconnected."""

    code = "disconnected"
    message = "Its store is disconnected. Connect it again, or dismiss this."


class TroubleNotFound(NotFound):
    """There is no such error, or it is another's."""

    code = "error_not_found"
    message = "There is no such error."


def troubles_of(user: User) -> list[Trouble]:
    """The user's, newest first; of each kind the newest 500."""
    found = [*of_orders(user), *of_deliveries(user), *of_shops(user), *of_erp(user)]
    return sorted(found, key=lambda trouble: trouble.created_at, reverse=True)


def of_orders(user: User) -> Iterator[Trouble]:
    orders = StoreOrder.objects.filter(STUCK | Q(is_oversold=True), dismissed_at=None)
    mine = orders.filter(connection__owner=user).select_related("connection")
    for order in mine.order_by("-id")[:MOST]:
        said = [problem["message"] for problem in order.problems] + [Disconnected.message] * order.is_left
        is_blocked = order.is_left or (said and order.next_attempt_at is None)
        kind = Kind.BLOCKED if is_blocked else Kind.OVERSOLD
        message = " ".join(said) or "What it sold was sold by another shop before."
        yield Trouble(
            f"order-{order.pk}",
            order.connection_id,
            order.order_id,
            kind,
            message,
            order.attempts,
            order.created_at,
        )


def of_deliveries(user: User) -> Iterator[Trouble]:
    parked = Delivery.objects.filter(status=Delivery.Status.PARKED)
    for one in parked.filter(connection__owner=user).defer("payload")[:MOST]:
        where = (one.connection_id, None)
        yield Trouble(f"delivery-{one.pk}", *where, Kind.UNREADABLE, one.error, one.attempts, one.received_at)


def of_shops(user: User) -> Iterator[Trouble]:
    broke_at = Max("status_history__created_at", filter=Q(status_history__status=Connection.Status.BROKEN))
    is_wrong = ~Q(hooks_problem="") | Q(status=Connection.Status.BROKEN)
    for shop in (
        Connection.objects.visible_to(user).filter(is_wrong).annotate(broke_at=broke_at).order_by("-id")[:MOST]
    ):
        said: tuple[Any, ...] = (Kind.HOOKS, shop.hooks_problem, 0, shop.hooks_told_at or shop.created_at)
        if shop.status == Connection.Status.BROKEN:
            said = (Kind.BROKEN, ConnectionBroken.message, 0, shop.broke_at or shop.created_at)
        yield Trouble(f"store-{shop.pk}", shop.pk, None, *said)


def of_erp(user: User) -> Iterator[Trouble]:
    for erp in ErpConfig.objects.filter(owner=user).exclude(refused_at=None):
        message = "The ERP refused its token. Connect it again."
        yield Trouble(f"erp-{erp.pk}", None, None, Kind.BROKEN, message, 0, erp.refused_at or erp.created_at)


@transactional
def replay(*, user: User, trouble_id: str) -> None:
    """Try again at once; nothing happens where nothing is wrong any more.

    Raises TroubleNotFound, and ConnectionBroken or Disconnected where only connecting again helps.
    """
    about = row_of(user, trouble_id)
    if isinstance(about, StoreOrder | Delivery) and about.connection.status == Connection.Status.REMOVED:
        raise Disconnected
    if isinstance(about, StoreOrder):
        StoreOrder.objects.filter(pk=about.pk).update(dismissed_at=None, settled_at=None)
        wake(StoreOrder.objects.filter(pk=about.pk))
    elif isinstance(about, Delivery):
        if about.reopen():
            enqueue(handle_event, connection_ids=[about.connection_id], event_key=about.event_key)
    elif isinstance(about, ErpConfig) or about.status == Connection.Status.BROKEN:
        raise ConnectionBroken
    else:
        enqueue(make_hooks, connection_id=about.pk)


@transactional
def dismiss(*, user: User, trouble_id: str) -> None:
    """Leave it as it is and show it no more.

    Raises TroubleNotFound, and ConnectionBroken for refused credentials, which stay wrong until there are others.
    """
    about = row_of(user, trouble_id)
    if isinstance(about, StoreOrder):
        put_away(about)
    elif isinstance(about, Delivery):
        parked = Delivery.objects.filter(pk=about.pk, status=Delivery.Status.PARKED)
        parked.update(status=Delivery.Status.IGNORED)
    elif isinstance(about, ErpConfig) or about.status == Connection.Status.BROKEN:
        raise ConnectionBroken
    else:
        Connection.objects.filter(pk=about.pk).update(hooks_problem="")


def put_away(order: StoreOrder) -> None:
    """Show it no more. What the ERP has not got stays as it is, until it is replayed: a person took care of it.

    What is only oversold is sold all the same.
    """
    order.lock()
    if order.dismissed_at:
        return
    if order.is_left:  # it stays so when its shop comes back
        order.next_attempt_at, order.problems = None, order.problems or [LEFT_BEHIND]
    if not order.problems and not order.is_oversold:
        return
    order.dismissed_at = timezone.now()
    if order.problems and order.status in NOT_BOOKED:
        order.settled_at = order.dismissed_at
        if order.status != StoreOrder.Status.RESERVED:  # which the ERP may have: it is looked for
            order.next_attempt_at = None
    order.save(update_fields=["next_attempt_at", "problems", "dismissed_at", "settled_at"])


def row_of(user: User, trouble_id: str) -> StoreOrder | Delivery | Connection | ErpConfig:
    """What it is about. Raises TroubleNotFound."""
    named = ID.fullmatch(trouble_id)
    rows: dict[str, Any] = {
        "order": StoreOrder.objects.filter(connection__owner=user).select_related("connection"),
        "delivery": Delivery.objects.filter(connection__owner=user).select_related("connection"),
        "store": Connection.objects.visible_to(user),
        "erp": ErpConfig.objects.filter(owner=user),
    }
    found = rows[named[1]].filter(pk=int(named[2])).first() if named else None
    if found is None:
        raise TroubleNotFound
    return found
