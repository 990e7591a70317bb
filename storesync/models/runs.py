"""Runs of the sync with their figures, and what happened to each SKU."""

from django.conf import settings
from django.db import models

from storesync.models.connection import Connection


class SyncRun(models.Model):
    """One run over one connection. `rescued` are orders of which no webhook had told."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    read = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    throttled = models.PositiveIntegerField(default=0)
    rescued = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["connection", "-id"], name="sync_run_of_connection")]

    def __str__(self) -> str:
        return f"Run #{self.pk} of {self.connection}"


class TraceEvent(models.Model):
    """What happened to a SKU of a user, append-only: why its stock is what it is."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, null=True, on_delete=models.CASCADE, related_name="trace")
    sku = models.CharField(max_length=255)
    sku_key = models.CharField(max_length=64, editable=False)
    kind = models.CharField(max_length=30)
    source = models.CharField(max_length=30, blank=True)
    order_id = models.CharField(max_length=100, blank=True)
    before = models.IntegerField(null=True)
    after = models.IntegerField(null=True)
    rule = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["owner", "sku_key", "-id"], name="trace_of_sku")]

    def __str__(self) -> str:
        return f"{self.kind} {self.sku}"
