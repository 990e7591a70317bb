"""`manage.py run_chores` for tests, with four chores of its own that leave marks in the folder of the first argument.

Each mark is a line in the file of the chore's name: the process, and how often it ran before. Further arguments go to
the command.
"""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import django
from django.core.management import call_command

django.setup()
from core.clock import registry  # noqa: E402

FOLDER = Path(sys.argv[1])
SECOND = timedelta(seconds=1)


def mark(name):
    """Leave a mark; how many there were before."""
    path = FOLDER / name
    before = len(path.read_text().splitlines()) if path.exists() else 0
    with path.open("a") as marks:
        marks.write(f"{os.getpid()}\n")
    return before


registry.discover()
registry.REGISTERED.clear()


@registry.chore(every=SECOND, does="")
def often():
    mark("often")
    return "done"


@registry.chore(every=timedelta(hours=1), does="")
def once():
    mark("once")
    return "done"


@registry.chore(every=SECOND, does="")
def failing():
    mark("failing")
    raise registry.ChoreFailed("It is broken.")


@registry.chore(every=SECOND, deadline=timedelta(seconds=float(os.environ["DEADLINE"])), does="")
def hanging():
    if not mark("hanging"):
        while True:
            time.sleep(0.05)
    return "done"


call_command("run_chores", *sys.argv[2:])
