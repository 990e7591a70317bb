"""Many mails, a mail server with moods, and workers that are killed: who gets what, and how often.

The workers are processes of their own, half of them `db_worker` and half `send_emails`, and death is the kernel's.
The mail server keeps every mail that it answered for. What waits for its next attempt, or for the lease of somebody
dead, is due at once when all workers have nothing more to do, so that no test waits for a clock.
"""

import asyncio
import io
import itertools
import logging
import os
import random
import signal
import time
import traceback
from collections import defaultdict
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from typing import Any, NoReturn

from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core.tasks import enqueue
from notifications.models import Email
from notifications.outbox.sending import send_email
from notifications.tests.mail_server import free_port

WORKERS = 4
TURNS = 50
COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("db_worker", {"batch": True, "interval": 0, "startup_delay": False, "verbosity": 0}),
    ("send_emails", {"stdout": io.StringIO()}),
)


class StormyHandler:
    """Refuses, hangs up, dawdles or takes, by turns; `taken` is the Message-IDs for each recipient."""

    def __init__(self) -> None:
        self.taken: dict[str, list[str]] = defaultdict(list)
        self.count = itertools.count(1)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if next(self.count) % 31 == 0:
            return "450 4.2.0 Greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str | None:
        number = next(self.count)
        if number % 23 == 0:
            server.transport.abort()
            return None
        if number % 29 == 0:
            return "451 4.7.1 Try again later"
        if number % 19 == 0:
            await asyncio.sleep(0.03)
        headers = BytesHeaderParser().parsebytes(envelope.content)
        for recipient in envelope.rcpt_tos:
            self.taken[recipient].append(headers["Message-ID"])
        return "250 OK"


@dataclass
class Storm:
    """What came of it. `kills` is how many workers died, `seconds` how long it took."""

    taken: dict[str, list[str]]
    kills: int = 0
    seconds: float = 0
    turns: int = 0
    crashes: int = 0
    alive: dict[int, int] = field(default_factory=dict)

    @property
    def duplicates(self) -> int:
        """Mails beyond the first, of all recipients together."""
        return sum(len(ids) - 1 for ids in self.taken.values())


def owe(many: int) -> None:
    """So many mails in the outbox, each with its task."""
    with transaction.atomic():
        body = {"kind": "password_changed", "subject": "Storm", "text": "The text", "html": "<p>The text</p>"}
        Email.objects.bulk_create(
            Email(event=f"storm:{n}", recipient=f"storm{n}@example.com", **body) for n in range(many)
        )
        for pk in Email.objects.filter(event__startswith="storm:").values_list("pk", flat=True):
            enqueue(send_email, email_id=pk)


def weather(*, many: int, kill_every: float) -> Storm:
    """Send `many` mails while a worker is killed every `kill_every` seconds, until none waits any more."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the server's, several lines for each mail
    handler = StormyHandler()
    server = Controller(handler, hostname="127.0.0.1", port=free_port())
    storm = Storm(taken=handler.taken)
    owe(many)
    began = time.monotonic()
    mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": server.port, "EMAIL_USE_TLS": False, "EMAIL_HOST_USER": ""}
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", **mail):
        try:
            hire(storm)
            time.sleep(0.2)  # the server is down when the workers begin
            server.start()
            while still_owed():
                one_turn(storm, kill_every)
                let_time_pass()
        finally:
            dismiss(storm)
            server.stop()
    storm.seconds = time.monotonic() - began
    return storm


def one_turn(storm: Storm, kill_every: float) -> None:
    """Let the workers work, and one die now and then, until those that live have nothing more to do."""
    storm.turns += 1
    assert storm.turns < TURNS, "the mails do not come to an end"
    hire(storm)
    deadline = time.monotonic() + kill_every
    while storm.alive:
        bury(storm)
        if storm.alive and time.monotonic() > deadline:
            deadline += kill_every
            kill_one(storm)
        time.sleep(0.01)


def hire(storm: Storm) -> None:
    """Bring the number of workers up to WORKERS."""
    connection.close()  # a child must not speak on its parent's line
    while len(storm.alive) < WORKERS:
        place = min(set(range(WORKERS)) - set(storm.alive.values()))
        child = os.fork()
        if child == 0:
            work(place)
        storm.alive[child] = place


def work(place: int) -> NoReturn:
    """The child: do what is due and leave. Never returns."""
    try:
        os.closerange(3, 4096)  # else it would hold the server's ends of other workers' lines
        name, options = COMMANDS[place % len(COMMANDS)]
        call_command(name, **options)
    except BaseException:  # an edge: the parent counts it
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def bury(storm: Storm) -> None:
    """Forget the workers that left by themselves."""
    for child in list(storm.alive):
        gone, status = os.waitpid(child, os.WNOHANG)
        if gone:
            del storm.alive[child]
            storm.crashes += os.waitstatus_to_exitcode(status) != 0


def kill_one(storm: Storm) -> None:
    """Kill any worker, and hire another."""
    victim = random.choice(list(storm.alive))
    os.kill(victim, signal.SIGKILL)
    os.waitpid(victim, 0)
    del storm.alive[victim]
    storm.kills += 1
    hire(storm)


def dismiss(storm: Storm) -> None:
    """Nobody is left behind."""
    for child in storm.alive:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    storm.alive.clear()


def still_owed() -> bool:
    """Whether a mail waits."""
    return Email.objects.filter(status=Email.Status.QUEUED).exists()


def let_time_pass() -> None:
    """All waits and leases are over: nobody who lives holds one."""
    Email.objects.filter(status=Email.Status.QUEUED).update(next_attempt_at=timezone.now())
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())
