"""The command of a chore, for cron and for people."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from core.clock.registry import Chore
from core.errors import DomainError

# What Django gives to every command.
COMMON = frozenset({
    "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color", "skip_checks", "stdout", "stderr",
})  # fmt: skip


class ChoreCommand(BaseCommand):
    """Runs a chore with the command's options as its arguments and prints what it says.

    The run is noted as the clock notes its own, unless one of the options `apart` makes it another than the usual.
    """

    chore: ClassVar[Chore]
    apart: Sequence[str] = ("dry_run",)

    def handle(self, *args: Any, **options: Any) -> None:
        arguments = {name: value for name, value in options.items() if name not in COMMON}
        run = self.chore.lines if any(options.get(name) for name in self.apart) else self.chore.run
        try:
            for line in run(**arguments):
                self.stdout.write(line)
        except DomainError as error:
            raise CommandError(error.message) from error
