"""Taking in what a shop says of an order: its newest version counts, however often and in whatever order it comes."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.db import transactional
from storesync.models import Connection, StoreOrder
from storesync.sales.reading import Order, Problem, content_of
from storesync.signals import trouble_found
from storesync.stock.guard import take_pieces
from storesync.stock.reserved import pieces_of

Status = StoreOrder.Status


@transactional
def take_in(*, connection: Connection, order: Order, version: datetime | None = None) -> tuple[StoreOrder, bool]:
    """The order's row as it stands then, and whether it was not known before; an older version changes nothing.

    `version` is the moment of what has none of its own, such as the news that an order was deleted.
    """
    kept, is_new = row_of(connection, order.id)
    before, version = pieces_of(kept), order.version or version
    if version and kept.version and version < kept.version:
        return kept, is_new
    # Shops count in seconds: of two versions of one second the cancellation is the later.
    if version == kept.version and kept.is_cancelled and not order.cancelled:
        return kept, is_new
    kept.version = version or kept.version
    kept.is_paid, kept.is_cancelled = order.paid, order.cancelled
    if order.lines or not kept.content:  # the news that an order was deleted names no lines
        kept.number, kept.ordered_at, kept.content = order.number, order.created, content_of(order)
    kept.save()
    make_due(kept)
    take_pieces(kept, before)
    return kept, is_new


@transactional
def block(*, connection: Connection, order_id: str, reason: str) -> None:
    """Leave an order that cannot be read to a person, with the reason; what is known of it stays."""
    kept, _ = row_of(connection, order_id)
    kept.problems = [asdict(Problem("unreadable", reason))]
    kept.save(update_fields=["problems"])
    if kept.can_move_to(Status.BLOCKED):
        kept.move_to(Status.BLOCKED, note=reason)
    trouble_found.send(sender=StoreOrder, about=kept, kind="blocked", message=reason, occurrence="")


def row_of(connection: Connection, order_id: str) -> tuple[StoreOrder, bool]:
    """The order's row, locked until the transaction ends, and whether it was made now."""
    mine = StoreOrder.objects.filter(connection=connection, order_id=order_id)
    if not mine.exists():
        try:
            with transaction.atomic():
                made = StoreOrder.objects.create(connection=connection, order_id=order_id)
        except IntegrityError:  # another worker was faster
            return mine.select_for_update().get(), False
        made.begin()
        return made, True
    return mine.select_for_update().get(), False


def make_due(order: StoreOrder) -> None:
    """Let the worker look at the order when there is something to do.

    A sale may have to be taken back. What was blocked may be right now. What was cancelled before it was sold is
    ignored, and what is not paid waits until it is.
    """
    sold = order.status in (Status.RESERVED, Status.SENT)
    wanted = order.is_paid and not order.is_cancelled
    if order.status == Status.RETURNED:
        return
    if not sold and (order.is_cancelled or is_given_back(order)):
        order.move_to(Status.IGNORED, note="Cancelled before it was sold.")
    if wanted and order.status in (Status.BLOCKED, Status.IGNORED):
        order.move_to(Status.WAITING)
    order.attempts = 0
    order.next_attempt_at = timezone.now() if sold or wanted else None
    order.save(update_fields=["attempts", "next_attempt_at"])


def is_given_back(order: StoreOrder) -> bool:
    """Whether all of its money went back."""
    total, refunded = (Decimal(order.content[name]) for name in ("total", "refunded"))
    return not order.is_paid and refunded >= total > 0
