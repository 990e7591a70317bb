"""How much may be asked of a shop now: a token bucket in a row, which all workers share.

The row is locked for the moment of counting, never while somebody waits or calls.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from django.utils import timezone

from core.db import transactional
from storesync.models import CallBudget, Connection
from storesync.wire import RefusedCredentials, Throttled, in_time

T = TypeVar("T")

TRIES = 3  # of a call that the shop itself put off
LONGEST_NAP = 2.0  # seconds, after which the bucket is looked at again


@dataclass(frozen=True)
class Rate:
    """What a shop takes before it has said so itself: `most` at once, and how much comes back `a_second`."""

    most: int
    a_second: int


@dataclass
class Meter:
    """The calls of one piece of work at one shop: how many, and how many were put off.

    `patience` is how many seconds a call may wait for its turn; none begins after `ends_at`, a moment of
    `time.monotonic()`. A shop that is only being connected has no bucket.
    """

    connection: Connection
    rate: Rate
    patience: float = 60
    ends_at: float | None = None
    calls: int = field(default=0, init=False)
    throttled: int = field(default=0, init=False)

    def call(self, function: Callable[[], T], *, cost: int = 1) -> T:
        """What `function` returns, which makes one call.

        Raises Throttled where its turn does not come in time, OutOfTime after the end, RefusedCredentials once the
        shop was disconnected.
        """
        in_time(self.ends_at)
        if self.connection.pk is None:
            self.calls += 1
            return function()
        for tried in range(1, TRIES + 1):
            self.wait(cost)
            self.calls += 1
            try:
                return function()
            except Throttled as refused:
                self.throttled += 1
                close(self.connection, refused.retry_after or 1)
                if tried == TRIES:
                    raise
        raise AssertionError("unreachable: the last try returns or raises")

    def wait(self, cost: int) -> None:
        """Return when the bucket held `cost`, which is taken. Raises Throttled."""
        end = time.monotonic() + self.patience
        while seconds := take(self.connection, cost, self.rate):
            if time.monotonic() + seconds > end:
                raise Throttled(retry_after=int(seconds) + 1)
            time.sleep(min(seconds, LONGEST_NAP))


@transactional
def take(connection: Connection, cost: int, rate: Rate) -> float:
    """Nothing, and `cost` is taken; or the seconds after which it may be there. Raises RefusedCredentials."""
    if not Connection.objects.kept().filter(pk=connection.pk).exists():
        raise RefusedCredentials
    now = timezone.now()
    begin = {"left": rate.most, "most": rate.most, "a_second": rate.a_second, "counted_at": now}
    CallBudget.objects.get_or_create(connection=connection, defaults=begin)
    budget = CallBudget.objects.select_for_update().get(connection=connection)
    if budget.closed_until and budget.closed_until > now:
        return (budget.closed_until - now).total_seconds()
    left = filled(budget, now)
    wanted = min(Decimal(cost), budget.most)
    if left < wanted:
        return max(float((wanted - left) / budget.a_second), 0.01)
    budget.left, budget.counted_at = left - wanted, now
    budget.save()
    return 0


@transactional
def learn(connection: Connection, *, left: Decimal, most: Decimal, a_second: Decimal, spared: int) -> None:
    """Write down what the shop says of its own bucket, after a call that cost `spared` less than was taken for it.

    What others have taken meanwhile may not be known there yet: of the two counts the lower is right.
    """
    if connection.pk is None:
        return
    budget = CallBudget.objects.select_for_update().get(connection=connection)
    now = timezone.now()
    ours = filled(budget, now) + spared if budget.most == most else left
    budget.left, budget.counted_at = max(min(ours, left, most), Decimal(0)), now
    budget.most, budget.a_second = most, a_second
    budget.save()


@transactional
def close(connection: Connection, seconds: int) -> None:
    """Let nobody call for so long."""
    until = timezone.now() + timedelta(seconds=seconds)
    CallBudget.objects.filter(connection=connection).update(closed_until=until)


def filled(budget: CallBudget, now: datetime) -> Decimal:
    """What is in the bucket now."""
    seconds = Decimal(max((now - budget.counted_at).total_seconds(), 0))
    return min(budget.left + seconds * budget.a_second, budget.most)
