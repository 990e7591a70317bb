"""What was answered to requests that came with an Idempotency-Key."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.clock.models import ChoreRun, Lease  # noqa: F401  where Django looks for them

# As long as Stripe keeps them.
KEPT = timedelta(hours=24)
# Longer than the gateway can keep a request waiting with all its retries.
LEASE = timedelta(minutes=3)


def is_expired() -> Q:
    """Those whose answer is not repeated any more."""
    return Q(created_at__lte=timezone.now() - KEPT)


def is_abandoned() -> Q:
    """Those that never got an answer, since what ran them died."""
    return Q(status=None, created_at__lte=timezone.now() - LEASE)


class IdempotentRequest(models.Model):
    """A request that runs, while `status` is empty, or the answer that it got.

    `key` is a SHA-256 of the caller and their key, since MySQL does not tell upper from lower case; `fingerprint`
    one of method, path and body. `body` holds the answer's bytes. `effect` names what it did, written in the same
    transaction as that: should it die before it can answer, its repetition knows.
    """

    key = models.CharField(max_length=64, unique=True)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(default=b"")
    effect = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=None) | Q(status__gte=200, status__lt=500), name="idempotent_answer_is_final"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.status or 'running'}"

    @property
    def is_running(self) -> bool:
        """Whether it has no answer yet."""
        return self.status is None

    def keep(self, *, status: int, body: bytes) -> bool:
        """Write down the answer; False when the lease ran out and another request has the key now."""
        mine = type(self).objects.filter(pk=self.pk, status=None)
        return bool(mine.update(status=status, body=body))

    def release_key(self) -> None:
        """Forget that it ran, so that the key can be used again."""
        type(self).objects.filter(pk=self.pk, status=None).delete()
