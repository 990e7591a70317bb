"""The chores of all apps: what repeats, how often, and how its last run went.

An app declares its chores in `<app>/chores.py`. A chore is safe to run twice and from two machines at once.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.migrations.recorder import MigrationRecorder
from django.utils.module_loading import autodiscover_modules

from core.clock.models import ChoreRun
from core.errors import DomainError

DAY = timedelta(days=1)
# The longest first that a period is a whole number of.
UNITS = {"hour": timedelta(hours=1), "minute": timedelta(minutes=1), "second": timedelta(seconds=1)}
# A run that did not succeed is tried again so much later, or at its next time where that comes first.
RETRY_AFTER = timedelta(minutes=15)
# How late a chore may be, beyond its deadline, before `/health/ready` names it.
PATIENCE = timedelta(minutes=10)
KEPT_LINES = 20

Function = Callable[..., str | Iterable[str]]


class ChoreFailed(DomainError):
    """The chore could not do its work, or found what staff must look at."""

    code = "chore_failed"
    message = "The chore failed."


@dataclass(frozen=True)
class Chore:
    """A function that runs every so often, or once a day `at` a UTC time.

    `does` and `options` are for the documentation: what it does, and what to write behind the command's name in a
    crontab. A run that takes longer than `deadline` is interrupted.
    """

    name: str
    function: Function
    does: str
    every: timedelta
    at: time | None
    deadline: timedelta
    options: str

    @property
    def how_often(self) -> str:
        """`every 5 minutes`, `daily at 00:10 UTC`."""
        if self.at:
            return f"daily at {self.at:%H:%M} UTC"
        unit, length = next((unit, length) for unit, length in UNITS.items() if not self.every % length)
        count = self.every // length
        return f"every {unit}" if count == 1 else f"every {count} {unit}s"

    def next_after(self, moment: datetime) -> datetime:
        """When it runs next after it started at `moment`."""
        if self.at is None:
            return moment + self.every
        today = datetime.combine(moment.astimezone(UTC).date(), self.at, UTC)
        return today if today > moment else today + DAY

    def due_at(self, last: ChoreRun | None, *, now: datetime) -> datetime:
        """When it is to start: at once where it never ran or was asked for, sooner after a failure."""
        if last is None or last.started_at is None or last.requested_at:
            return now
        due = self.next_after(last.started_at)
        return due if last.outcome == ChoreRun.Outcome.SUCCEEDED else min(due, last.started_at + RETRY_AFTER)

    def lines(self, **arguments: Any) -> Iterator[str]:
        """What it prints while it runs."""
        printed = self.function(**arguments)
        yield from [printed] if isinstance(printed, str) else printed

    def run(self, **arguments: Any) -> Iterator[str]:
        """Run it, note the run and its outcome, and yield what it prints."""
        run, kept = ChoreRun.begin(self.name), deque[str](maxlen=KEPT_LINES)
        try:
            for line in self.lines(**arguments):
                kept.append(line)
                yield line
        except Exception as error:
            run.end(ChoreRun.Outcome.FAILED, [*kept, error_text(error)])
            raise
        except BaseException as error:  # the deadline, the end of the process, a closed pipe
            run.end(ChoreRun.Outcome.INTERRUPTED, [*kept, error_text(error)])
            raise
        run.end(ChoreRun.Outcome.SUCCEEDED, kept)


def error_text(error: BaseException) -> str:
    """The error as staff read it."""
    return error.message if isinstance(error, DomainError) else f"{type(error).__name__}: {error}"


REGISTERED: dict[str, Chore] = {}


def chore(
    *, does: str, every: timedelta = DAY, at: time | None = None, deadline: timedelta = timedelta(minutes=5),
    options: str = "",
) -> Callable[[Function], Chore]:  # fmt: skip
    """Register a function as a chore of its name. It returns a line that says what it did, or yields lines.

    It raises ChoreFailed when staff should know. `every` is a whole number of seconds. Raises
    ImproperlyConfigured for a period that is none, and for a name that another chore has.
    """
    if every <= timedelta(0) or every % UNITS["second"]:
        raise ImproperlyConfigured(f"A chore runs every so many whole seconds, not every {every}.")

    def register(function: Function) -> Chore:
        made = Chore(function.__name__, function, does, every, at, deadline, options)
        if made.name in REGISTERED:
            raise ImproperlyConfigured(f"Two chores are called {made.name}.")
        REGISTERED[made.name] = made
        return made

    return register


@cache
def discover() -> None:
    """Import the `chores` of every app."""
    autodiscover_modules("chores")


def all_chores() -> list[Chore]:
    """Every chore of every app, by name."""
    discover()
    return sorted(REGISTERED.values(), key=lambda one: one.name)


def overdue_chores(*, now: datetime) -> list[str]:
    """The names of those that should have succeeded by now and did not.

    What never succeeded counts from a day after the table was made.
    """
    succeeded = dict(ChoreRun.objects.values_list("name", "succeeded_at"))
    installed = MigrationRecorder.Migration.objects.filter(app="core", name="0003_chores").first()
    since = installed.applied + DAY if installed else now
    return [
        one.name
        for one in all_chores()
        if now > one.next_after(succeeded.get(one.name) or since) + one.deadline + PATIENCE
    ]


def table() -> str:
    """The chores as the table of docs/operations.md."""
    rows = (f"| `manage.py {one.name}{one.options and ' '}{one.options}` | {one.how_often} | {one.does} |"
            for one in all_chores())  # fmt: skip
    return "\n".join(["| command | how often | does |", "|---|---|---|", *rows])
