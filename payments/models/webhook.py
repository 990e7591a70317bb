"""What gateways tell us, kept as it came."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.text.canonical import sha256

# An event that fails is tried again after these waits, and then parked.
RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
# How long whoever claims an event has it alone: longer than a gateway may take to answer, repeats included.
LEASE = timedelta(minutes=2)
# How far the clocks of two machines may differ before an event waits for the sweep.
CLOCK_SKEW = timedelta(seconds=5)


class WebhookEventQuerySet(models.QuerySet["WebhookEvent"]):
    """Questions about the inbox."""

    def due(self, *, now: datetime) -> "WebhookEventQuerySet":
        """Events to act on now, among them those that a killed worker left behind."""
        return self.filter(status__in=WebhookEvent.OPEN, next_attempt_at__lte=now + CLOCK_SKEW)

    def keep(self, *, gateway: str, event_id: str, **fields: Any) -> "WebhookEvent":
        """A new row for the event with this id, however long. Raises IntegrityError when it is there already."""
        return self.create(gateway=gateway, event_id=event_id[:120], event_digest=sha256(event_id), **fields)


class WebhookEvent(models.Model):
    """An event, stored raw under the gateway's own id before it is acted on.

    `next_attempt_at` is also the lease: to claim an event is to move it into the future, so whoever dies with it
    loses it by itself. A received one whose next attempt is in the future belongs to a worker; a failed one waits;
    a parked one waits for staff.
    """

    class Status(models.TextChoices):
        """What became of the event."""

        RECEIVED = "received", "Received"
        HANDLED = "handled", "Handled"
        IGNORED = "ignored", "Nothing to do"
        FAILED = "failed", "Failed, tried again"
        PARKED = "parked", "Parked"

    OPEN = (Status.RECEIVED, Status.FAILED)

    gateway = models.CharField(max_length=20)
    # The beginning of the gateway's id, to read; what is unique is the digest of all of it, since MySQL's collations
    # hold different ids for equal.
    event_id = models.CharField(max_length=120)
    event_digest = models.CharField(max_length=64, editable=False)
    kind = models.CharField(max_length=120)
    payload = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookEventQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["gateway", "event_digest"], name="webhook_event_once")]
        indexes = [
            models.Index(fields=["status", "id"], name="webhook_by_status"),
            models.Index(fields=["status", "next_attempt_at"], name="webhook_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"

    def claim(self) -> bool:
        """Have this event alone for the time of the lease; False when it is not due or another worker has it."""
        now = timezone.now()
        due = type(self).objects.due(now=now).filter(pk=self.pk)
        mine = due.update(status=self.Status.RECEIVED, next_attempt_at=now + LEASE, attempts=F("attempts") + 1)
        self.refresh_from_db()
        return bool(mine)

    def conclude(self, status: str, *, error: str = "") -> bool:
        """Write down what became of it; False when another claimed it after our lease and has the word now."""
        self.status, self.error, self.handled_at = status, error, timezone.now()
        if status == self.Status.FAILED:
            self.next_attempt_at = self.handled_at + RETRY_AFTER[self.attempts - 1]
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
        return self.attempts > len(RETRY_AFTER)

    def reopen(self) -> bool:
        """Make it due at once, whatever it waits for; False when it needs nothing, or a worker has it."""
        now = timezone.now()
        waiting = Q(status__in=(self.Status.FAILED, self.Status.PARKED))
        due = Q(status=self.Status.RECEIVED, next_attempt_at__lte=now + CLOCK_SKEW)
        ours = type(self).objects.filter(waiting | due, pk=self.pk)
        return bool(ours.update(status=self.Status.RECEIVED, next_attempt_at=now))
