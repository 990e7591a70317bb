"""Paystack's lists: transactions, refunds, settlements and disputes, which together are its book of our balance."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.utils import timezone

from payments.gateways.base import UNREADABLE, Books, GatewayRefused, GatewayUnavailable
from payments.gateways.paystack.client import charge_id_of
from payments.gateways.paystack.objects import (
    charge_from,
    charge_of,
    dispute_from,
    intent_from,
    payout_from,
    refund_from,
    refund_movement_from,
)
from payments.gateways.paystack.wire import NAME, call
from payments.gateways.records import BalanceTransaction, DisputeRecord, Intent, RefundRecord
from payments.models import Payment

T = TypeVar("T")
Row = dict[str, Any]

PAGE = 100  # the most that Paystack gives at once
# How long before its money moves an object may have been made: the lists are by the day of making.
PAID_AFTER, REFUNDED_AFTER, RESOLVED_AFTER = timedelta(days=2), timedelta(days=60), timedelta(days=200)
SETTLED_AFTER = timedelta(days=7)


class PaystackBooks(Books):
    """What Paystack lists for our key. A refund that a dispute caused is the dispute's."""

    def intents_since(self, moment: datetime) -> Iterator[Intent]:
        intents = rows("/transaction", moment, intent_from)
        return (intent for intent in intents if intent)

    def refunds_since(self, moment: datetime) -> Iterator[RefundRecord]:
        return (record for record, row in refunds(moment) if not row.get("dispute"))

    def refunds_of(self, intent_id: str) -> Iterator[RefundRecord]:
        """Those of the transaction, which the filter names; older rows of Paystack's have only its id."""
        try:
            charge_id = charge_id_of(intent_id)
        except GatewayRefused:
            return
        for record, row in refunds(EVER, transaction=charge_id):
            if charge_of(row)[0] == charge_id and not row.get("dispute"):
                yield record

    def balance_transactions_since(self, moment: datetime) -> Iterator[BalanceTransaction]:
        moved = (*charges(moment), *refunded(moment), *paid_out(moment), *lost(moment))
        return iter(sorted((one for one in moved if one.created_at >= moment), key=lambda one: one.created_at)[::-1])

    def disputes_since(self, moment: datetime) -> Iterator[DisputeRecord]:
        return rows("/dispute", moment, dispute_from)


EVER = datetime(2015, 1, 1, tzinfo=UTC)  # before Paystack's first transaction


def charges(moment: datetime) -> Iterator[BalanceTransaction]:
    """What was paid. A stray is known by the transaction's id."""
    strays = set(Payment.objects.filter(gateway=NAME, came_for__isnull=False).values_list("intent_id", flat=True))

    def read(row: Row) -> BalanceTransaction:
        return charge_from(row, is_stray=str(row["id"]) in strays)

    return rows("/transaction", moment - PAID_AFTER, read, status="success")


def refunds(moment: datetime, **query: str) -> Iterator[tuple[RefundRecord, Row]]:
    """Refunds with their rows."""
    return rows("/refund", moment, lambda row: (refund_from(row), row), **query)


def refunded(moment: datetime) -> Iterator[BalanceTransaction]:
    """What went back."""
    made = (row for _, row in refunds(moment - REFUNDED_AFTER) if row["status"] == "processed")
    return (refund_movement_from(row) for row in made if not row.get("dispute"))


def paid_out(moment: datetime) -> Iterator[BalanceTransaction]:
    """What went to our bank."""
    return rows("/settlement", moment - SETTLED_AFTER, payout_from, status="success")


def lost(moment: datetime) -> Iterator[BalanceTransaction]:
    """What disputes took."""
    records = rows("/dispute", moment - RESOLVED_AFTER, dispute_from)
    return (movement for record in records for movement in record.movements)


def rows(path: str, moment: datetime, read: Callable[[Row], T], **query: str) -> Iterator[T]:
    """Every row of a list that was made at `moment` or later, page after page, each once.

    What is made meanwhile moves the rest to later pages, so that rows may come twice and none is missed.
    """
    seen: set[Any] = set()
    span = {"from": spelled(max(moment, EVER)), "to": spelled(timezone.now() + timedelta(days=1))}
    for page in pages(path, {**span, **query, "perPage": PAGE}):
        try:
            new = [row for row in page if row["id"] not in seen]
            seen.update(row["id"] for row in new)
            found = [read(row) for row in new]
        except UNREADABLE as error:
            raise GatewayUnavailable from error
        if not new:
            return
        yield from found


def pages(path: str, query: dict[str, Any]) -> Iterator[list[Row]]:
    """The list's pages, up to the last that it tells of, or to an empty one."""
    number, last = 1, None
    while last is None or number <= last:
        answer = call("GET", path, query={**query, "page": number})
        page, meta = answer.get("data"), answer.get("meta")
        if not isinstance(page, list):
            raise GatewayUnavailable
        if not page:
            return
        yield page
        count = meta.get("pageCount") if isinstance(meta, dict) else None
        number, last = number + 1, count if isinstance(count, int) else None


def spelled(at: datetime) -> str:
    """A moment as Paystack writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
