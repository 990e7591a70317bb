"""What gateways tell us, kept as it came."""

from django.db import models


class WebhookEvent(models.Model):
    """An event, stored raw under the gateway's own id before anybody acts on it."""

    class Status(models.TextChoices):
        """What became of the event."""

        RECEIVED = "received", "Received"
        HANDLED = "handled", "Handled"
        IGNORED = "ignored", "Nothing to do"
        FAILED = "failed", "Failed"

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=120)
    payload = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["gateway", "event_id"], name="webhook_event_once")]
        indexes = [models.Index(fields=["status", "id"], name="webhook_by_status")]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
