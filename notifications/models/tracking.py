"""What a provider told of a mail."""

from django.db import models
from django.utils import timezone

from notifications.models.email import Email


class EmailEvent(models.Model):
    """One word of a provider about one mail: delivered, bounced, opened and so on, each kept once.

    `key` is made of the provider's event id (`tracking.key_of`). `kind` is one of anymail.signals.EventType. What the
    provider says beyond that is not kept: addresses of links hold tokens.
    """

    email = models.ForeignKey(Email, on_delete=models.CASCADE, related_name="tracking")
    key = models.CharField(max_length=64, unique=True, editable=False)
    provider = models.CharField(max_length=30)
    kind = models.CharField(max_length=20)
    detail = models.TextField(blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["occurred_at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} of mail {self.email_id}"
