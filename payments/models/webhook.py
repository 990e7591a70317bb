"""What gateways tell us, kept as it came."""

from datetime import timedelta
from typing import Any

from django.db import models

from core.inbox import InboxItem, InboxQuerySet
from core.text.canonical import sha256


class WebhookEventQuerySet(InboxQuerySet["WebhookEvent"]):
    """Questions about the inbox."""

    def keep(self, *, gateway: str, event_id: str, **fields: Any) -> "WebhookEvent":
        """A new row for the event with this id, however long. Raises IntegrityError when it is there already."""
        return self.create(gateway=gateway, event_id=event_id[:120], event_digest=sha256(event_id), **fields)


class WebhookEvent(InboxItem):
    """An event of a gateway."""

    # Longer than a gateway may take to answer, repeats included.
    LEASE = timedelta(minutes=2)
    RETRY_AFTER = (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=6),
    )

    gateway = models.CharField(max_length=20)
    # The beginning of the gateway's id, to read; what is unique is the digest of all of it, since MySQL's collations
    # hold different ids for equal.
    event_id = models.CharField(max_length=120)
    event_digest = models.CharField(max_length=64, editable=False)
    kind = models.CharField(max_length=120)
    payload = models.TextField()

    objects = WebhookEventQuerySet.as_manager()

    class Meta(InboxItem.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["gateway", "event_digest"], name="webhook_event_once")]
        indexes = [
            models.Index(fields=["status", "id"], name="webhook_by_status"),
            models.Index(fields=["status", "next_attempt_at"], name="webhook_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
