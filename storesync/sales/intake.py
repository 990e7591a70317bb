"""Taking in what a shop says of an order: its newest version counts, however often and in whatever order it comes."""

from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from core.db import transactional
from storesync.models import Connection, ErpSale, StoreOrder
from storesync.sales.reading import Order, Problem, content_of
from storesync.signals import trouble_found
from storesync.stock.guard import take_pieces
from storesync.stock.reserved import pieces_of

Status = StoreOrder.Status

CLOCKS_DIFFER = timedelta(minutes=10)
UNREADABLE = "unreadable"
CHANGED = Problem("changed", "The store changed the order after it was dismissed.")


@transactional
def take_in(
    *, connection: Connection, order: Order, version: datetime | None = None
) -> tuple[StoreOrder, bool] | None:
    """The order's row as it stands then, and whether it was not known before; an older version changes nothing.

    None where the connection was removed: what was under way then is pulled if its shop comes back. `version` is the
    moment of what has none of its own, such as the news that an order was deleted.
    """
    if (found := row_of(connection, order.id)) is None:
        return None
    kept, is_new = found
    before = pieces_of(kept)
    if order.version or version is None:
        version = order.version
    elif kept.version:  # it comes after all that is known, whichever clock is right
        version = max(version, kept.version)
    if is_older(version, kept):
        return kept, is_new
    # Shops count in seconds: of two versions of one second the cancellation is the later.
    if version == kept.version and kept.is_cancelled and not order.cancelled:
        return kept, is_new
    says_more = is_news(kept, order)
    kept.is_exempt = order.test or is_before(connection, order, kept)
    kept.version = version or kept.version
    kept.is_paid, kept.is_cancelled = order.paid, order.cancelled
    if order.lines or not kept.content:  # the news that an order was deleted names no lines
        kept.number, kept.ordered_at, kept.content = order.number, order.created, content_of(order)
    kept.save()
    if says_more or not (kept.dismissed_at or kept.is_settled_by_hand):
        act_on_news(kept)
    take_pieces(kept, before)
    return kept, is_new


def is_older(version: datetime | None, kept: StoreOrder) -> bool:
    """Whether more is known already. A version of a clock that goes wrong does not bar those of a right one."""
    if version is None or kept.version is None:
        return False
    latest = timezone.now() + CLOCKS_DIFFER
    return version < kept.version and not version <= latest < kept.version


def is_before(connection: Connection, order: Order, kept: StoreOrder) -> bool:
    """Whether an order was made and paid before its shop was connected, as far as the shop says.

    Its merchant sold it in the ERP, as all before. One that was open then is sold once it is paid, also where its
    first payment had failed.
    """
    since = connection.orders_from.replace(microsecond=0)  # as shops count
    paid_since = order.paid and order.paid_at is not None and order.paid_at >= since
    if kept.ordered_at is not None:  # it is known, and not only by its id or as what cannot be read
        return kept.is_exempt and not paid_since
    is_open = not order.paid and not order.cancelled
    made_before = order.created is not None and order.created < since
    return made_before and not is_open and not paid_since


def is_news(kept: StoreOrder, order: Order) -> bool:
    """Whether it says anything that its row does not, but for the moment of the change."""
    if kept.is_cancelled != order.cancelled:
        return True
    return bool(order.lines) and {**kept.content, "version": None} != {**content_of(order), "version": None}


@transactional
def block(*, connection: Connection, order_id: str, reason: str) -> None:
    """Leave an order that cannot be read to a person, with the reason; what is known of it stays.

    Nothing of a connection that was removed. One that the ERP may have been told of is looked for there all the same.
    """
    if (found := row_of(connection, order_id)) is None:
        return
    kept, _ = found
    problems = [asdict(Problem(UNREADABLE, reason))]
    if kept.problems == problems or kept.is_exempt:
        return
    kept.problems, kept.dismissed_at = problems, None
    kept.next_attempt_at = timezone.now() if kept.status == Status.RESERVED else None
    kept.save(update_fields=["problems", "dismissed_at", "next_attempt_at"])
    if kept.can_move_to(Status.BLOCKED):
        kept.move_to(Status.BLOCKED, note=reason)
    tell(kept)


def tell(order: StoreOrder, *, occurrence: str = "") -> None:
    """Something is wrong with it that only a person can mend; once for each occurrence."""
    message = " ".join(problem["message"] for problem in order.problems)
    trouble_found.send(sender=StoreOrder, about=order, kind="blocked", message=message, occurrence=occurrence)


def row_of(connection: Connection, order_id: str) -> tuple[StoreOrder, bool] | None:
    """The order's row, locked until the transaction ends, and whether it was made now; None once it was removed.

    The connection is locked, too: it is not removed meanwhile, and of two workers one makes the row.
    """
    if Connection.objects.kept().select_for_update().filter(pk=connection.pk).first() is None:
        return None
    mine = StoreOrder.objects.filter(connection=connection, order_id=order_id)
    if kept := mine.select_for_update().first():
        return kept, False
    made = StoreOrder.objects.create(connection=connection, order_id=order_id)
    made.begin()
    return made, True


def make_due(order: StoreOrder) -> None:
    """Let the worker look at the order when there is something to do.

    A sale may have to be taken back. What was blocked may be right now. What is exempt, or was cancelled before it
    was sold, is ignored, and what is not paid waits until it is.
    """
    if (status := status_after_news(order)) != order.status:
        order.move_to(status, note=why_ignored(order) if status == Status.IGNORED else "")
    is_sold = order.status in (Status.RESERVED, Status.SENT)
    is_wanted = order.status in (Status.WAITING, Status.BLOCKED) and order.is_paid
    order.problems, order.attempts = [], 0
    order.next_attempt_at = timezone.now() if is_sold or is_wanted else None
    order.save(update_fields=["problems", "attempts", "next_attempt_at"])


def status_after_news(order: StoreOrder) -> Status:
    """Where an order goes from what it says now. Only a worker finds out whether the ERP has it."""
    if order.status in (Status.RESERVED, Status.SENT):
        return Status(order.status)
    if order.status == Status.RETURNED or ErpSale.objects.filter(order=order).exists():
        return Status.BLOCKED if pieces_of(order) else Status.RETURNED
    is_over = order.is_exempt or order.is_cancelled or is_given_back(order)
    return Status.IGNORED if is_over else Status.WAITING


def why_ignored(order: StoreOrder) -> str:
    if order.is_exempt:
        return "A test, or made and paid before the store was connected."
    return "Cancelled before it was sold."


def act_on_news(order: StoreOrder) -> None:
    """Let the worker look at it, and show it again if it was dismissed.

    Of what is settled by hand a person took care, in the ERP or not at all: acting on it might sell it a second time.
    """
    order.dismissed_at = None
    order.save(update_fields=["dismissed_at"])
    if not order.is_settled_by_hand:
        make_due(order)
        return
    said = [problem for problem in order.problems if problem["code"] not in (CHANGED.code, UNREADABLE)]
    order.problems, order.next_attempt_at = [*said, asdict(CHANGED)], None
    order.save(update_fields=["problems", "next_attempt_at"])
    tell(order, occurrence=str(order.version))


def is_given_back(order: StoreOrder) -> bool:
    """Whether all of its money went back."""
    total, refunded = (Decimal(order.content[name]) for name in ("total", "refunded"))
    return not order.is_paid and refunded >= total > 0
