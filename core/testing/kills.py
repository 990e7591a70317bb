"""A process that is killed by the kernel at a chosen step, on a database that outlives it."""

import os
import signal
import traceback
from collections.abc import Callable
from datetime import timedelta
from pkgutil import resolve_name
from typing import Any
from unittest import mock

import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

# Those of every minute come first, as in life.
SWEEPS = ("settle_refunds", "handle_webhooks", "expire_ticket_orders", "reconcile_payments")


def kill_at(step: str, when: str, job: Callable[[], Any]) -> None:
    """Run `job` in a child process that is killed when it comes to `step`.

    `step` is the dotted name of a function; death comes "before" it or "after" it did its work. Raises
    AssertionError when the child never came there. Only for tests whose transactions are real: the child has a
    connection of its own.
    """
    connection.close()  # a child must not speak on its parent's line
    child = os.fork()
    if child == 0:
        live_and_die(step, when, job)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"no process came to {step}"


def live_and_die(step: str, when: str, job: Callable[[], Any]) -> None:
    """The child: do the job, and be gone at the step without a last word to anybody. Never returns."""
    owner, _, name = step.rpartition(".")
    real = getattr(resolve_name(owner), name)

    def last(*args: Any, **kwargs: Any) -> None:
        if when == "after":
            real(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    try:
        with mock.patch(step, last):
            job()
    except BaseException:  # an edge: the parent sees that it ended without being killed
        traceback.print_exc()
    os._exit(1)


def start_again() -> None:
    """The chores about money of a shop that was started again after every lease is over; they run twice."""
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        for sweep in SWEEPS * 2:
            call_command(sweep, verbosity=0)
