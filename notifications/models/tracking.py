"""What came back: the provider's tracking, and the addresses to which nothing is sent any more."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from notifications.models.email import Email


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def in_force(self) -> "SuppressionQuerySet":
        return self.filter(lifted_at=None)


class Suppression(models.Model):
    """An address that does not take our mail, why and since when; one row for each, normalised as accounts are.

    Staff may lift it, with a reason. Another bounce puts it in force again.
    """

    class Reason(models.TextChoices):
        BOUNCE = "bounce", "Hard bounce"
        COMPLAINT = "complaint", "Complaint"

    address = models.EmailField(unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="mail_stops"
    )
    reason = models.CharField(max_length=10, choices=Reason.choices)
    detail = models.TextField(blank=True)
    email = models.ForeignKey(Email, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lifted_because = models.CharField(max_length=200, blank=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        verbose_name = "stopped address"
        verbose_name_plural = "stopped addresses"

    def __str__(self) -> str:
        return self.address


class EmailEvent(models.Model):
    """An event of the provider's tracking about one mail: delivered, bounced, opened and so on, each kept once.

    `key` is made of the provider's event id (`outbox.tracking.key_of`). `kind` is one of anymail.signals.EventType.
    What else the provider sends is not kept: addresses of links hold tokens.
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
