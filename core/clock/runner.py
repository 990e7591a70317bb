"""The one process that runs the chores: as long as it holds the lease, on threads, each under its deadline."""

import ctypes
import logging
import os
import socket
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, timedelta
from datetime import time as time_of_day

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from django.db import DatabaseError, connection, connections
from django.utils import timezone

from core.clock.models import ChoreRun, Lease
from core.clock.registry import RETRY_AFTER, Chore, all_chores
from core.errors import DomainError

logger = logging.getLogger(__name__)

LEASE = "chores"
TICK_SECONDS = 0.2
# How long running chores may go on when the process is asked to end, and how long they have after an interruption.
GRACE_SECONDS = 4.0
LAST_SECONDS = 1.0


class Interrupted(BaseException):
    """Raised in a chore's thread; no Exception, so that the chore's own handling of errors does not swallow it."""

    reason = ""

    def __str__(self) -> str:
        return self.reason


class DeadlinePassed(Interrupted):
    """A chore ran for longer than its deadline."""

    reason = "it ran for longer than its deadline"


class ProcessEnds(Interrupted):
    """The process was asked to end while a chore ran."""

    reason = "the process was asked to end"


@dataclass(frozen=True)
class Running:
    """A chore that runs now: in which thread, and until when it may (by the monotonic clock)."""

    thread_id: int
    give_up: float

    def interrupt(self, error: type[Interrupted]) -> None:
        """Raise `error` in its thread once that runs Python code again: a wait for the network ends first."""
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.thread_id), ctypes.py_object(error))


class Runner:
    """Starts the chores that are due. Of several runners one holds the lease, the others wait until it runs out."""

    def __init__(self, *, lease: timedelta) -> None:
        self.lease = lease
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.stopping = False
        self.scheduler: BackgroundScheduler | None = None
        self.running: dict[str, Running] = {}

    def run(self) -> None:
        """Serve until `stopping` is set; then let running chores end within seconds and give the lease away."""
        next_look = time.monotonic()
        while not self.stopping:
            if time.monotonic() >= next_look:
                self.look()
                next_look += self.lease.total_seconds() / 6
            time.sleep(TICK_SECONDS)
        self.end()

    def look(self) -> None:
        """Renew the lease, begin or stop starting chores as it says, and interrupt what runs for too long."""
        try:
            if not Lease.take(LEASE, owner=self.owner, length=self.lease):
                self.stop_starting()
            elif self.scheduler:
                self.start_requested(self.scheduler)
            else:
                self.begin()
        except DatabaseError:  # `start` asks for the lease, so without a database no chore begins
            logger.exception("The lease of the chores could not be renewed")
            connection.close()
        for one in list(self.running.values()):
            if time.monotonic() > one.give_up:
                one.interrupt(DeadlinePassed)

    def begin(self) -> None:
        """Plan every chore. Those that are due already start a second apart."""
        logger.info("This process runs the chores now: %s", self.owner)
        last, chores = ChoreRun.objects.in_bulk(field_name="name"), all_chores()
        self.scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(chores))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        soon, midnight = timezone.now(), time_of_day.min
        for chore in sorted(chores, key=lambda one: (one.every, one.at or midnight, one.name)):
            due = chore.due_at(last.get(chore.name), now=soon)
            if due <= soon:
                due = soon = soon + timedelta(seconds=1)
            self.scheduler.add_job(self.start, trigger_of(chore), args=[chore], id=chore.name, next_run_time=due)
        self.scheduler.start()

    def stop_starting(self) -> None:
        """Start no chore any more; those that run go on."""
        if self.scheduler:
            logger.info("This process runs the chores no longer: %s", self.owner)
            self.scheduler.shutdown(wait=False)
            self.scheduler = None

    def start_requested(self, scheduler: BackgroundScheduler) -> None:
        """Start what staff asked for, unless it runs already."""
        for run in ChoreRun.objects.exclude(requested_at=None).exclude(name__in=list(self.running)):
            if scheduler.get_job(run.name):
                scheduler.modify_job(run.name, next_run_time=timezone.now())

    def start(self, chore: Chore) -> None:
        """Run a chore in this thread, if the lease is still ours."""
        deadline = time.monotonic() + chore.deadline.total_seconds()
        self.running[chore.name] = Running(threading.get_ident(), deadline)
        try:
            if not self.stopping and Lease.is_held(LEASE, owner=self.owner):
                self.run_and_log(chore)
        except (Exception, Interrupted) as error:  # an edge: the other chores have nothing to do with it
            logger.error("Chore %s failed", chore.name, exc_info=not isinstance(error, DomainError))
            self.try_again(chore)
        finally:
            del self.running[chore.name]
            connections.close_all()

    def run_and_log(self, chore: Chore) -> None:
        """Run it, and log what it printed."""
        for line in chore.run():
            logger.info("%s: %s", chore.name, line)

    def try_again(self, chore: Chore) -> None:
        """Run it again at its next time, or soon where that is far off."""
        job = self.scheduler.get_job(chore.name) if self.scheduler else None
        soon = timezone.now() + RETRY_AFTER
        if job and job.next_run_time > soon:
            job.modify(next_run_time=soon)

    def end(self) -> None:
        """Give running chores a few seconds, interrupt the rest, and leave the lease to the next."""
        self.stop_starting()
        self.wait_for_running(GRACE_SECONDS)
        for one in list(self.running.values()):
            one.interrupt(ProcessEnds)
        self.wait_for_running(LAST_SECONDS)
        Lease.release(LEASE, owner=self.owner)

    def wait_for_running(self, seconds: float) -> None:
        """Return when no chore runs any more, or after so long."""
        give_up = time.monotonic() + seconds
        while self.running and time.monotonic() < give_up:
            time.sleep(TICK_SECONDS)


def trigger_of(chore: Chore) -> CronTrigger | IntervalTrigger:
    """When APScheduler starts it."""
    if chore.at:
        return CronTrigger(hour=chore.at.hour, minute=chore.at.minute, timezone=UTC)
    return IntervalTrigger(seconds=int(chore.every.total_seconds()), timezone=UTC)
