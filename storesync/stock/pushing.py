"""Stock and prices on their way into a shop, batch by batch, and what became of them."""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils import timezone

from core.db import ROWS_AT_ONCE, transactional, upsert
from core.text.canonical import sha256
from storesync.connectors.base import Connector, Level, Outcome, StockWrite, batches
from storesync.models import Connection, ErpConfig, StockCache, SyncRun, TraceEvent
from storesync.stock.comparing import Decision, plan, price_changes
from storesync.trace import event, note
from storesync.wire import CallFailed

logger = logging.getLogger(__name__)
Kind = TraceEvent.Kind

TRIES = 3  # of what was stale
SENT_AT_ONCE = 500  # full batches of both platforms
# Shopify takes a call for each product; the rest is for the next run.
MOST_PRICES = 500
DECIDED = ("sku", "sku_key", "seen", "seen_at", "wanted", "rule", "run")


@dataclass
class Figures:
    """How many figures were written, and how many were refused or still stale after all tries.

    `come_to` is told how many it has come to of how many that differed.
    """

    written: int = 0
    errors: int = 0
    differing: int = 0
    come_to: Callable[[int, int], None] = lambda done, total: None


def push(
    connection: Connection,
    connector: Connector,
    decisions: Sequence[Decision],
    figures: Figures,
    *,
    run: SyncRun | None = None,
    catch_up: Callable[[], Any],
) -> None:
    """Write what differs of a plan, and prices where the connection wants them, counting in `figures`.

    Raises a CallFailed of the shop; the batches before that are written. Where the shop has another figure by then,
    somebody bought: it is read again, `catch_up` takes in its orders, and only then it is decided anew. It stops at
    the next batch once the connection is paused.
    """

    def anew(levels: Sequence[Level]) -> list[Decision]:
        catch_up()
        return plan(connection, levels)

    figures.differing = sum(each.differs for each in decisions)
    Writing(connection, connector, anew, run=run, figures=figures).work_off(decisions)
    if connection.price_sync:
        push_prices(connection, connector, figures)


@dataclass
class Writing:
    """Stock on its way into a shop. `anew` decides on levels that were read again; `source` is for the trace."""

    connection: Connection
    connector: Connector
    anew: Callable[[Sequence[Level]], list[Decision]]
    run: SyncRun | None = None
    source: str = "run"
    order_id: str = ""
    figures: Figures = field(default_factory=Figures)

    def work_off(self, decisions: Sequence[Decision]) -> None:
        """Keep what was decided and write what differs; what is stale is decided anew, a few times."""
        for tried in range(1, TRIES + 1):
            remember(self.connection, decisions, self.run)
            stale = self.write([each for each in decisions if each.differs])
            if not stale or not is_enabled(self.connection):
                return
            if tried == TRIES:
                self.figures.errors += len(stale)
                return
            refs = list(dict.fromkeys(each.ref for each in stale))
            decisions = self.anew(list(self.connector.stock(refs)))

    def write(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Those that were stale. Raises CallFailed, and what is left then may be written or not."""
        stale: list[Decision] = []
        for chunk in batches(decisions, SENT_AT_ONCE):
            if not is_enabled(self.connection):
                break
            mark_sent(self.connection, chunk)
            left = {each.write: each for each in chunk}
            try:
                for outcome in self.connector.write_stock(list(left)):
                    stale += self.keep(outcome, left)
                    if not is_enabled(self.connection):
                        return stale
            except CallFailed:
                note(self.event(Kind.UNANSWERED, each) for each in left.values())
                raise
        return stale

    def keep(self, outcome: Outcome[StockWrite], left: dict[StockWrite, Decision]) -> list[Decision]:
        """Take what was answered from what is `left`, and write down how; those that were stale."""
        done = [left.pop(write) for write in outcome.done]
        stale = [left.pop(write) for write in outcome.stale]
        refused = [(left.pop(write), reason) for write, reason in outcome.refused]
        acknowledge(self.connection, done)
        note(
            [
                *(self.event(Kind.WRITE, each) for each in done),
                *(self.event(Kind.STALE, each) for each in stale),
                *(self.event(Kind.REFUSED, each) for each, _ in refused),
            ]
        )
        for each, reason in refused:
            logger.warning("%s refused the stock of %s: %s", self.connection, each.sku, reason)
        self.figures.written += len(done)
        self.figures.errors += len(refused)
        self.figures.come_to(self.figures.written + self.figures.errors, self.figures.differing)
        return stale

    def event(self, kind: TraceEvent.Kind, decision: Decision) -> TraceEvent:
        return event(
            kind,
            decision.sku,
            owner_id=self.connection.owner_id,
            connection=self.connection,
            before=decision.seen,
            after=decision.wanted,
            source=self.source,
            order_id=self.order_id,
            rule=decision.rule,
        )


def is_enabled(connection: Connection) -> bool:
    """Whether it is synced at this moment, and not only when it was loaded."""
    return Connection.objects.enabled().filter(pk=connection.pk).exists()


# What is kept of each cell


@transactional
def remember(connection: Connection, decisions: Sequence[Decision], run: SyncRun | None) -> None:
    """Keep what was seen and decided, where that is news."""
    now = timezone.now()
    for batch in batches(decisions, ROWS_AT_ONCE):
        rows = connection.stock.filter(item_key__in=[each.ref.key for each in batch])
        known = {
            (item_key, location): facts
            for item_key, location, *facts in rows.values_list(
                "item_key", "location", "sku", "seen", "wanted", "rule"
            )
        }
        news = [each for each in batch if known.get(each.cell) != [each.sku, each.seen, each.wanted, each.rule]]
        cells = [cell_of(connection, each, seen_at=now, run=run) for each in news]
        upsert(cells, unique=("connection", "item_key", "location"), fields=DECIDED)


def cell_of(connection: Connection, decision: Decision, **more: Any) -> StockCache:
    return StockCache(
        connection=connection,
        item_key=decision.ref.key,
        location=decision.location,
        sku=decision.sku,
        sku_key=sha256(decision.sku),
        seen=decision.seen,
        wanted=decision.wanted,
        rule=decision.rule,
        **more,
    )


def mark_sent(connection: Connection, decisions: Sequence[Decision]) -> None:
    """Before it is: whoever dies now leaves figures without an acknowledgement, and the next run looks."""
    change_cells(connection, decisions, written=F("wanted"), written_at=timezone.now(), acknowledged_at=None)


def acknowledge(connection: Connection, decisions: Sequence[Decision]) -> None:
    """The shop has what was sent."""
    now = timezone.now()
    change_cells(connection, decisions, seen=F("written"), seen_at=now, acknowledged_at=now)


@transactional
def change_cells(connection: Connection, decisions: Sequence[Decision], **facts: Any) -> None:
    """Write these facts of cells that are kept, in one query for each location."""
    keys: dict[str, list[str]] = defaultdict(list)
    for each in decisions:
        keys[each.location].append(each.ref.key)
    for location, mine in keys.items():
        connection.stock.filter(location=location, item_key__in=mine).update(**facts)


# Prices


def push_prices(connection: Connection, connector: Connector, figures: Figures) -> None:
    """Write the prices that differ while the connection is enabled, and keep what was written.

    Raises a CallFailed of the shop. Nothing is written where the shop sells in another currency than the ERP's.
    """
    changes = price_changes(connection)[:MOST_PRICES]
    if not changes or not is_enabled(connection) or not has_our_currency(connection, connector):
        return
    for outcome in connector.write_prices(changes):
        for write in outcome.done:
            connection.mappings.filter(item_key=write.ref.key).update(price=write.price)
        for write, reason in outcome.refused:
            logger.warning("%s refused the price of item %s: %s", connection, write.ref.key, reason)
        figures.written += len(outcome.done)
        figures.errors += len(outcome.refused)
        if not is_enabled(connection):
            return


def has_our_currency(connection: Connection, connector: Connector) -> bool:
    """An ERP that does not tell its currency has that of all its shops."""
    currency = ErpConfig.objects.get(owner=connection.owner_id).currency
    return not currency or connector.check().currency == currency
