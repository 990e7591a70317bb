"""`manage.py run_chores`: what repeats, as long as it lives."""

import logging
import os
import signal
from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.clock.registry import table
from core.clock.runner import Runner

SHORTEST, LONGEST = 1.0, 3600.0


def seconds(text: str) -> float:
    """A length of the lease. Raises ArgumentTypeError for one that is no use: it is renewed six times as often."""
    try:
        length = float(text)
    except ValueError:
        length = 0
    if not SHORTEST <= length <= LONGEST:
        raise ArgumentTypeError(f"{SHORTEST:g} to {LONGEST:g} seconds")
    return length


class Command(BaseCommand):
    """Run one on each machine, if you like: the chores run on one of them, and another takes over when it dies."""

    help = "Run every chore when it is due, until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--list", action="store_true", help="print the chores as a Markdown table and end")
        parser.add_argument(
            "--lease", type=seconds, default=30, metavar="SECONDS", help="how long a dead process keeps the chores"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self.stdout.write(table())
            return
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        runner = Runner(lease=timedelta(seconds=options["lease"]))

        def stop(*args: Any) -> None:
            runner.stopping = True

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, stop)
        runner.run()
        if runner.running:
            os._exit(0)  # a thread that cannot be interrupted would keep the process alive
