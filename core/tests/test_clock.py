"""The registry of chores: when they run, what is noted of a run, and which are overdue."""

from datetime import UTC, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from unittest import mock

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from core.clock import registry
from core.clock.commands import ChoreCommand
from core.clock.models import ChoreRun, Lease
from core.clock.registry import ChoreFailed, all_chores, chore, overdue_chores
from core.clock.runner import Runner

pytestmark = pytest.mark.django_db
Outcome = ChoreRun.Outcome
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


@pytest.fixture
def chores(monkeypatch):
    """A registry of its own for the test, with one chore that runs every five minutes and one that runs by night."""
    all_chores()
    monkeypatch.setattr(registry, "REGISTERED", {})

    @chore(every=timedelta(minutes=5), does="sweeps")
    def sweep(*, rooms=1, dry_run=False):
        yield f"{rooms} rooms swept"
        if rooms > 10:
            raise ChoreFailed("Too many rooms.")

    @chore(at=time(3, 30), does="counts", options="--all")
    def count():
        return f"{1 / 0} counted"

    return registry.REGISTERED


def run_of(name):
    return ChoreRun.objects.get(name=name)


def test_the_operations_guide_holds_the_table_of_the_registry():
    assert f"\n\n{registry.table()}\n\n" in OPERATIONS.read_text()


def test_every_chore_has_a_command_of_its_name():
    from django.core.management import get_commands

    names = {one.name for one in all_chores()}
    assert names <= set(get_commands())
    assert names >= {"expire_orders", "charge_due_rentals", "close_day", "send_emails"}


def test_the_table_has_a_line_for_each(chores):
    assert registry.table().splitlines()[2:] == [
        "| `manage.py count --all` | daily at 03:30 UTC | counts |",
        "| `manage.py sweep` | every 5 minutes | sweeps |",
    ]


@pytest.mark.parametrize(
    "minutes, words",
    [
        (0.5, "every 30 seconds"),
        (1.5, "every 90 seconds"),
        (1, "every minute"),
        (10, "every 10 minutes"),
        (60, "every hour"),
        (90, "every 90 minutes"),
        (360, "every 6 hours"),
    ],
)
def test_how_often_in_words(chores, minutes, words):
    assert chore(every=timedelta(minutes=minutes), does="")(lambda: "").how_often == words


@pytest.mark.parametrize(
    "name, started, following",
    [
        ("sweep", NOON, NOON.replace(minute=5)),
        ("count", NOON, NOON.replace(day=21, hour=3, minute=30)),
        ("count", NOON.replace(hour=3, minute=29), NOON.replace(hour=3, minute=30)),
        ("count", NOON.replace(hour=3, minute=30), NOON.replace(day=21, hour=3, minute=30)),
    ],
)
def test_the_next_time(chores, name, started, following):
    assert chores[name].next_after(started) == following


@pytest.mark.parametrize(
    "values, due",
    [
        (None, NOON),
        ({"started_at": None}, NOON),
        ({"outcome": Outcome.SUCCEEDED}, NOON.replace(day=21, hour=3, minute=30)),
        ({"outcome": Outcome.SUCCEEDED, "requested_at": NOON}, NOON),
        ({"outcome": Outcome.FAILED}, NOON.replace(hour=11, minute=55)),
        ({"outcome": Outcome.RUNNING}, NOON.replace(hour=11, minute=55)),  # whoever ran it was killed
        ({"outcome": Outcome.FAILED, "started_at": NOON.replace(hour=3, minute=20)}, NOON.replace(hour=3, minute=30)),
    ],
)
def test_when_a_clock_that_starts_at_noon_runs_it(chores, values, due):
    last = values and ChoreRun(name="count", **{"started_at": NOON.replace(hour=11, minute=40), **values})
    assert chores["count"].due_at(last, now=NOON) == due


def test_a_run_is_noted(chores):
    assert list(chores["sweep"].run(rooms=3)) == ["3 rooms swept"]
    run = run_of("sweep")
    assert (run.outcome, run.message) == (Outcome.SUCCEEDED, "3 rooms swept")
    assert run.duration == run.finished_at - run.started_at >= timedelta(0)
    assert run.succeeded_at == run.finished_at


@pytest.mark.parametrize(
    "name, arguments, error, message",
    [
        ("sweep", {"rooms": 11}, ChoreFailed, "11 rooms swept\nToo many rooms."),
        ("count", {}, ZeroDivisionError, "ZeroDivisionError: division by zero"),
    ],
)
def test_a_run_that_fails_is_noted(chores, name, arguments, error, message):
    with pytest.raises(error):
        list(chores[name].run(**arguments))
    run = run_of(name)
    assert (run.outcome, run.message, run.succeeded_at) == (Outcome.FAILED, message, None)


def test_a_run_that_is_cut_off_is_noted(chores):
    run = chores["sweep"].run()
    next(run)
    assert run_of("sweep").outcome == Outcome.RUNNING
    run.close()
    assert run_of("sweep").outcome == Outcome.INTERRUPTED


def test_a_failure_leaves_the_last_success(chores):
    list(chores["sweep"].run())
    before = run_of("sweep").succeeded_at
    with pytest.raises(ChoreFailed):
        list(chores["sweep"].run(rooms=11))
    assert run_of("sweep").succeeded_at == before


def test_a_command_runs_the_chore_and_notes_it_unless_it_is_a_rehearsal(chores):
    class Command(ChoreCommand):
        chore = chores["sweep"]

        def add_arguments(self, parser):
            parser.add_argument("--rooms", type=int, default=2)
            parser.add_argument("--dry-run", action="store_true")

    out = StringIO()
    call_command(Command(stdout=out), "--dry-run")
    assert out.getvalue() == "2 rooms swept\n" and not ChoreRun.objects.exists()
    call_command(Command(stdout=out), "--rooms", "5")
    assert run_of("sweep").message == "5 rooms swept"
    with pytest.raises(CommandError, match=r"Too many rooms\."):
        call_command(Command(stdout=out), "--rooms", "11")
    assert run_of("sweep").outcome == Outcome.FAILED


def succeeded(name, *, ago):
    moment = timezone.now() - ago
    ChoreRun.objects.create(name=name, started_at=moment, succeeded_at=moment, outcome=Outcome.SUCCEEDED)


def test_a_chore_is_overdue_ten_minutes_after_the_deadline_of_its_next_run(chores):
    succeeded("sweep", ago=timedelta(minutes=19))
    assert overdue_chores(now=timezone.now()) == []
    assert overdue_chores(now=timezone.now() + timedelta(minutes=2)) == ["sweep"]


def test_a_chore_that_fails_each_time_is_overdue(chores):
    with pytest.raises(ZeroDivisionError):
        list(chores["count"].run())
    assert overdue_chores(now=timezone.now()) == []
    succeeded("sweep", ago=timedelta(days=-3))
    assert overdue_chores(now=timezone.now() + timedelta(days=3)) == ["count"]


def test_where_none_ever_ran_all_are_overdue_after_a_day(chores):
    assert overdue_chores(now=timezone.now()) == []
    MigrationRecorder.Migration.objects.filter(app="core").update(applied=timezone.now() - timedelta(days=3))
    assert overdue_chores(now=timezone.now()) == ["count", "sweep"]
    succeeded("sweep", ago=timedelta(0))  # a crontab that lacks the other one
    assert overdue_chores(now=timezone.now()) == ["count"]


def test_chores_that_cannot_be_looked_at_leave_the_server_ready(client, monkeypatch):
    monkeypatch.setattr("core.web.health.overdue_chores", lambda now: 1 / 0)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["chores"]) == (200, "failed: ZeroDivisionError")


def test_two_chores_of_one_name_are_refused(chores):
    with pytest.raises(ImproperlyConfigured, match="sweep"):
        chore(does="")(chores["sweep"].function)


@pytest.mark.parametrize("every", [timedelta(seconds=0.5), timedelta(seconds=-60), timedelta(0)])
def test_a_period_that_is_no_whole_number_of_seconds_is_refused(every):
    with pytest.raises(ImproperlyConfigured):
        chore(every=every, does="")


@pytest.mark.parametrize("lease", ["0", "-1", "nan", "1e12", "soon"])
def test_a_lease_that_is_no_use_is_refused(lease):
    with pytest.raises(CommandError, match="1 to 3600 seconds"):
        call_command("run_chores", f"--lease={lease}", "--list")


def test_readiness_names_what_is_overdue_and_stays_ready(client, chores):
    succeeded("sweep", ago=timedelta(hours=1))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "database": "ok", "cache": "ok", "queue": "ok", "chores": "overdue: sweep"},
    )


def test_who_lost_the_lease_starts_no_chore(chores, monkeypatch):
    monkeypatch.setattr("core.clock.runner.connections", mock.Mock())  # the test's own one stays open
    runner = Runner(lease=timedelta(seconds=30))
    Lease.take("chores", owner="another", length=timedelta(seconds=30))
    runner.start(chores["sweep"])
    assert not ChoreRun.objects.exists()
    Lease.objects.update(owner=runner.owner)
    runner.start(chores["sweep"])
    assert run_of("sweep").outcome == Outcome.SUCCEEDED
    assert runner.running == {}


def test_a_lease_has_one_owner_until_it_runs_out(monkeypatch):
    lease = {"name": "chores", "length": timedelta(seconds=30)}
    assert Lease.take(owner="a", **lease) and Lease.take(owner="a", **lease)
    assert not Lease.take(owner="b", **lease)
    assert Lease.is_held("chores", owner="a") and not Lease.is_held("chores", owner="b")
    Lease.objects.update(expires_at=timezone.now())
    assert not Lease.is_held("chores", owner="a")
    assert Lease.take(owner="b", **lease) and not Lease.take(owner="a", **lease)
    Lease.release("chores", owner="a")
    assert Lease.is_held("chores", owner="b")
    Lease.release("chores", owner="b")
    assert Lease.take(owner="a", **lease)
