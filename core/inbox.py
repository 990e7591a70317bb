"""What other systems tell us: stored raw, answered, then acted on until it worked or a person has to look."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.db import transactional

logger = logging.getLogger(__name__)
Item = TypeVar("Item", bound="InboxItem")

# How far the clocks of two machines may differ before an item waits for the sweep.
CLOCK_SKEW = timedelta(seconds=5)


class InboxQuerySet(models.QuerySet[Item]):
    """Questions about an inbox."""

    def due(self, *, now: datetime) -> models.QuerySet[Item]:
        """Items to act on now, among them those that a killed worker left behind."""
        return self.filter(status__in=InboxItem.OPEN, next_attempt_at__lte=now + CLOCK_SKEW)


class InboxItem(models.Model):
    """Something that was received, stored raw under the sender's own id before it is acted on.

    `next_attempt_at` is also the lease: to claim an item is to move it into the future, so whoever dies with it
    loses it by itself. A received one whose next attempt is in the future belongs to a worker; a failed one waits;
    a parked one waits for a person. A concrete class names its LEASE, longer than acting may take, and the waits
    after which it is tried again (RETRY_AFTER) until it is parked.
    """

    class Status(models.TextChoices):
        """What became of it."""

        RECEIVED = "received", "Received"
        HANDLED = "handled", "Handled"
        IGNORED = "ignored", "Nothing to do"
        FAILED = "failed", "Failed, tried again"
        PARKED = "parked", "Parked"

    OPEN = (Status.RECEIVED, Status.FAILED)
    LEASE: ClassVar[timedelta]
    RETRY_AFTER: ClassVar[tuple[timedelta, ...]]

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True, blank=True)

    objects: Any

    class Meta:
        abstract = True
        ordering = ["-id"]

    def claim(self) -> bool:
        """Have this item alone for the time of the lease; False when it is not due or another worker has it."""
        now = timezone.now()
        due = type(self).objects.due(now=now).filter(pk=self.pk)
        mine = due.update(status=self.Status.RECEIVED, next_attempt_at=now + self.LEASE, attempts=F("attempts") + 1)
        self.refresh_from_db()
        return bool(mine)

    def conclude(self, status: str, *, error: str = "") -> bool:
        """Write down what became of it; False when another claimed it after our lease and has the word now."""
        self.status, self.error, self.handled_at = status, error, timezone.now()
        if status == self.Status.FAILED:
            self.next_attempt_at = self.handled_at + self.RETRY_AFTER[self.attempts - 1]
        ours = type(self).objects.filter(pk=self.pk, status__in=self.OPEN, attempts=self.attempts)
        return bool(
            ours.update(
                status=self.status,
                error=self.error,
                handled_at=self.handled_at,
                next_attempt_at=self.next_attempt_at,
            )
        )

    @property
    def is_out_of_tries(self) -> bool:
        """Whether the last wait is over: one more failure parks it."""
        return self.attempts > len(self.RETRY_AFTER)

    def reopen(self) -> bool:
        """Make it due at once, whatever it waits for; False when it needs nothing, or a worker has it."""
        now = timezone.now()
        waiting = Q(status__in=(self.Status.FAILED, self.Status.PARKED))
        due = Q(status=self.Status.RECEIVED, next_attempt_at__lte=now + CLOCK_SKEW)
        ours = type(self).objects.filter(waiting | due, pk=self.pk)
        return bool(ours.update(status=self.Status.RECEIVED, next_attempt_at=now))


def handle(
    item: Item,
    *,
    act: Callable[[Item], bool],
    final: tuple[type[Exception], ...] = (),
    parked: Callable[[Item], Any] = lambda item: None,
) -> Item:
    """Act on a stored item if it is due and no other worker has it; the item as it stands after that.

    `act` says whether there was anything to do, and does nothing new when it is called again. An error of `final`
    parks it at once, any other after the last try; `parked` is then called in the same transaction.
    """
    if not item.claim():
        return item
    try:
        done = act(item)
    except final as error:
        return park(item, error, parked)
    except Exception as error:  # an edge: whatever went wrong is kept and shown, and the worker goes on
        logger.exception("%s failed", name_of(item))
        if item.is_out_of_tries:
            return park(item, error, parked)
        item.conclude(item.Status.FAILED, error=described(error))
        return item
    item.conclude(item.Status.HANDLED if done else item.Status.IGNORED)
    return item


@transactional
def park(item: Item, error: Exception, parked: Callable[[Item], Any]) -> Item:
    """Leave the item to a person, who is told of it."""
    logger.warning("%s is parked: %s", name_of(item), error)
    if item.conclude(item.Status.PARKED, error=described(error)):
        parked(item)
    return item


def name_of(item: InboxItem) -> str:
    """What it is called in logs: Webhook event payment_intent.succeeded evt_1."""
    return f"{str(item._meta.verbose_name).capitalize()} {item}"


def described(error: BaseException) -> str:
    """The error as staff read it."""
    return f"{type(error).__name__}: {error}"
