"""`manage.py run_chores` in real processes: each chore runs on one of them, and on another once that one is dead."""

import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack

import pytest

from giggatek.tests.running_store import PATIENCE, ROOT, own_database, running, wait_until

ROWS = """
import json
from core.clock.models import ChoreRun
print(json.dumps({run.name: [run.outcome, run.message] for run in ChoreRun.objects.all()}))
"""


class Clocks:
    """Processes on one database, and the marks that their chores leave in a folder."""

    def __init__(self, folder, database, stack):
        self.folder, self.stack = folder, stack
        self.environment = {"PATH": os.environ["PATH"], "TESTING": "true", "DATABASE_URL": database,
                            "DJANGO_SETTINGS_MODULE": "giggatek.settings", "PYTHONPATH": str(ROOT)}  # fmt: skip
        self.manage("migrate", "core", "--verbosity=0")

    def manage(self, *arguments):
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *, lease, deadline=1):
        """A process that takes part."""
        log = self.folder / f"{len(list(self.folder.glob('*.log')))}.log"
        script = ("giggatek/tests/chores_process.py", str(self.folder), f"--lease={lease}")
        environment = {**self.environment, "DEADLINE": str(deadline)}
        return self.stack.enter_context(running(*script, environment=environment, log=log))

    def marks(self, name):
        """The processes that ran the chore, in order."""
        path = self.folder / name
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def wait_for(self, name, *, times=1, by=None):
        """Return when the chore ran so often, by that process."""
        wait_until(
            lambda: len([pid for pid in self.marks(name) if by in (None, pid)]) >= times, f"{name} runs {times} times"
        )

    def rows(self):
        """Outcome and message of each chore's last run."""
        return json.loads(self.manage("shell", "--no-imports", "-c", ROWS).splitlines()[-1])


@pytest.fixture
def clocks(tmp_path):
    with own_database(tmp_path) as database, ExitStack() as stack:
        yield Clocks(tmp_path, database, stack)


def test_of_two_processes_one_runs_each_chore_and_the_other_follows_when_it_ends(clocks):
    pair = [clocks.start(lease=30), clocks.start(lease=30)]
    clocks.wait_for("often", times=6)
    clocks.wait_for("once")
    holder = clocks.marks("often")[0]
    assert set(clocks.marks("often") + clocks.marks("failing")) == {holder}
    first, second = sorted(pair, key=lambda process: process.pid != holder)
    first.terminate()
    assert first.wait(PATIENCE) == 0
    clocks.wait_for("often", times=2, by=second.pid)
    assert clocks.marks("once") == [holder]  # its hour is not over


def test_another_takes_over_from_one_that_was_killed(clocks):
    pair = [clocks.start(lease=5), clocks.start(lease=5)]
    clocks.wait_for("once")
    holder = clocks.marks("once")[0]
    first, second = sorted(pair, key=lambda process: process.pid != holder)
    first.send_signal(signal.SIGKILL)
    first.wait(PATIENCE)
    clocks.wait_for("often", times=2, by=second.pid)
    assert clocks.marks("once") == [holder]


def test_a_chore_that_fails_or_hangs_is_noted_and_tried_again_and_stops_no_other(clocks):
    process = clocks.start(lease=2)
    for name in ("failing", "hanging"):
        clocks.wait_for(name, times=2)  # the first run of `hanging` never ends by itself
    clocks.wait_for("often", times=len(clocks.marks("often")) + 2)
    process.terminate()
    assert process.wait(PATIENCE) == 0
    rows = clocks.rows()
    assert rows["failing"] == ["failed", "It is broken."]
    assert rows["often"] == ["succeeded", "done"]


def test_a_signal_ends_it_although_a_chore_hangs(clocks):
    process = clocks.start(lease=2, deadline=3600)
    clocks.wait_for("hanging")
    process.terminate()
    assert process.wait(PATIENCE) == 0
    assert clocks.rows()["hanging"] == ["interrupted", "ProcessEnds: the process was asked to end"]
