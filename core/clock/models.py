"""What the clock remembers: the last run of each chore, and which process may run them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

MAX_MESSAGE = 2000


class ChoreRun(models.Model):
    """The last run of a chore, by the clock or by its command.

    `duration` and `message` are those of the last run that ended; `succeeded_at` is when one last did without an
    error. `requested_at` asks the clock to run it now.
    """

    class Outcome(models.TextChoices):
        """How the last run went."""

        RUNNING = "running", "Running"
        SUCCEEDED = "succeeded", "Succeeded"
        FAILED = "failed", "Failed"
        INTERRUPTED = "interrupted", "Interrupted"

    name = models.CharField(max_length=60, unique=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True, default="")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    duration = models.DurationField(null=True)
    message = models.TextField(blank=True, default="")
    requested_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "core"
        verbose_name = "chore"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def begin(cls, name: str) -> Self:
        """Note that the chore runs now."""
        run, _ = cls.objects.get_or_create(name=name)
        run.write(outcome=cls.Outcome.RUNNING, started_at=timezone.now(), requested_at=None)
        return run

    def end(self, outcome: str, lines: Iterable[str]) -> None:
        """Note how the run that began went, and the lines that it printed or its error."""
        now = timezone.now()
        values: dict[str, Any] = {"succeeded_at": now} if outcome == self.Outcome.SUCCEEDED else {}
        message = "\n".join(lines)[-MAX_MESSAGE:]
        self.write(
            outcome=outcome, finished_at=now, duration=now - (self.started_at or now), message=message, **values
        )

    def request(self) -> None:
        """Ask the clock to run it now."""
        self.write(requested_at=timezone.now())

    def write(self, **values: Any) -> None:
        """Set these columns and leave the others as another process may have written them."""
        type(self).objects.filter(pk=self.pk).update(**values)
        for name, value in values.items():
            setattr(self, name, value)


class Lease(models.Model):
    """What only one process at a time may do: it belongs to `owner` until `expires_at`."""

    name = models.CharField(max_length=60, unique=True)
    owner = models.CharField(max_length=100)
    expires_at = models.DateTimeField()

    class Meta:
        app_label = "core"

    def __str__(self) -> str:
        return f"{self.name}: {self.owner} until {self.expires_at}"

    @classmethod
    def take(cls, name: str, *, owner: str, length: timedelta) -> bool:
        """Take the lease or renew it; False while another owner has it."""
        now = timezone.now()
        cls.objects.get_or_create(name=name, defaults={"expires_at": datetime.min.replace(year=2000, tzinfo=UTC)})
        free = Q(owner=owner) | Q(expires_at__lte=now)
        return bool(cls.objects.filter(free, name=name).update(owner=owner, expires_at=now + length))

    @classmethod
    def is_held(cls, name: str, *, owner: str) -> bool:
        """Whether the lease belongs to this owner at this moment."""
        return cls.objects.filter(name=name, owner=owner, expires_at__gt=timezone.now()).exists()

    @classmethod
    def release(cls, name: str, *, owner: str) -> None:
        """Let another owner take it at once."""
        cls.objects.filter(name=name, owner=owner).update(expires_at=timezone.now())
