"""Runs of the sync with their figures, and what happened to each SKU."""

from datetime import datetime

from django.conf import settings
from django.db import models

from storesync.models.connection import Connection


class SyncRun(models.Model):
    """One run over one connection. `rescued` are orders of which no webhook had told.

    While it goes on it is saved now and then: `step` is what it is at, `done` how many of `total` items that has
    come to (0: nobody knows how many there are).
    """

    class Step(models.TextChoices):
        READING = "reading", "Reads the stock"
        PULLING = "pulling", "Pulls orders"
        WRITING = "writing", "Writes the stock"
        HOOKS = "hooks", "Looks after the webhooks"

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
    step = models.CharField(max_length=10, choices=Step.choices, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["connection", "-id"], name="sync_run_of_connection"),
            models.Index(fields=["started_at"], name="sync_run_by_age"),
        ]

    def __str__(self) -> str:
        return f"Run #{self.pk} of {self.connection}"

    @property
    def progress(self) -> str:
        """What it is at, unless its process died there."""
        step = self.get_step_display() or "Begins"
        items = f"{self.done:,} of {self.total:,}" if self.total else f"{self.done:,}"
        return f"{step}: {items}" if self.done or self.total else step


class TraceEvent(models.Model):
    """What happened to a SKU of a user: why its stock is what it is. The database refuses to change a row.

    The SKU is as the ERP calls it. `before` and `after` are pieces: of an order those that it takes, of a sale those
    that are booked, of a return those that are back, of all else those in stock.
    """

    class Kind(models.TextChoices):
        ERP = "erp", "The ERP's stock changed"
        ORDER = "order", "An order changed"
        OVERSOLD = "oversold", "An order sold what another shop had sold"
        SALE = "sale", "Booked in the ERP"
        RETURN = "return", "Back in the ERP"
        WRITE = "write", "Written, and the shop says so"
        UNANSWERED = "unanswered", "Sent, and nobody knows whether it is written"
        STALE = "stale", "Not written: the shop's stock had changed"
        REFUSED = "refused", "Not written: the shop refused it"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, null=True, on_delete=models.CASCADE, related_name="trace")
    sku = models.CharField(max_length=255)
    sku_key = models.CharField(max_length=64, editable=False)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    source = models.CharField(max_length=30, blank=True)
    order_id = models.CharField(max_length=100, blank=True)
    before = models.BigIntegerField(null=True)
    after = models.BigIntegerField(null=True)
    rule = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["owner", "sku_key", "-id"], name="trace_of_sku"),
            models.Index(fields=["at"], name="trace_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sku}"

    @property
    def write(self) -> int | None:
        """What was to be written to a shop."""
        is_write = self.kind in (self.Kind.WRITE, self.Kind.UNANSWERED, self.Kind.STALE, self.Kind.REFUSED)
        return self.after if is_write else None

    @property
    def ack(self) -> datetime | None:
        """When the shop said that it is written."""
        return self.at if self.kind == self.Kind.WRITE else None
