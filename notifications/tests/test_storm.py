"""Each mail arrives once, whatever happens to the workers and the mail server.

MAIL_STORM=10000 runs it at full size, with one worker killed every second; so does `python -m bench mail_storm`.
"""

import io
import itertools
import logging
import multiprocessing
import os
import random
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core.tasks import enqueue
from notifications.models import Email
from notifications.outbox.sending import send_email
from notifications.tests.mail_server import SMTP, MailServer

FULL = int(os.environ.get("MAIL_STORM", "0"))
WORKERS, TURNS = 4, 50
COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("db_worker", {"batch": True, "interval": 0, "startup_delay": False, "verbosity": 0}),
    ("send_emails", {"stdout": io.StringIO()}),
)
FORK = multiprocessing.get_context("fork")


@dataclass
class Storm:
    """What came of `many` mails: the Message-IDs for each recipient, how many workers were killed or crashed."""

    taken: dict[str, list[str]]
    kills: int
    crashes: int
    seconds: float

    @property
    def duplicates(self) -> int:
        """Mails beyond the first, of all recipients together."""
        return sum(len(ids) - 1 for ids in self.taken.values())


def storm(*, many: int, kill_every: float) -> Storm:
    """Send `many` mails while a worker is killed every `kill_every` seconds, until none waits any more.

    Half of the workers are `db_worker`, half `send_emails`, each a process; SIGKILL ends them. What waits for its
    next attempt, or for the lease of a killed worker, is due at once when all workers have nothing more to do.
    """
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the server's, several lines for each mail
    server = MailServer(storm_moods())
    queue_storm(many)
    kills = crashes = 0
    began = time.monotonic()
    with override_settings(**SMTP, EMAIL_PORT=server.controller.port):
        threading.Timer(0.2, server.controller.start).start()  # the server is down when the workers begin
        for _ in range(TURNS):
            killed, crashed = one_turn(kill_every)
            kills, crashes = kills + killed, crashes + crashed
            if not Email.objects.filter(status=Email.Status.QUEUED).update(next_attempt_at=timezone.now()):
                break
            DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())
        else:
            raise AssertionError("the mails do not come to an end")
        server.controller.stop()
    taken = defaultdict(list)
    for message in server.taken:
        taken[message["To"]].append(message["Message-ID"])
    return Storm(dict(taken), kills, crashes, time.monotonic() - began)


def storm_moods() -> Iterator[str]:
    for number in itertools.count(1):
        moods = {31: "RCPT 450 4.2.0 Greylisted", 23: "drop", 29: "refuse", 19: "slow"}
        yield next((mood for period, mood in moods.items() if number % period == 0), "take")


def queue_storm(many: int) -> None:
    with transaction.atomic():
        texts = {"kind": "password_changed", "subject": "Storm", "text": "The text", "html": "<p>The text</p>"}
        Email.objects.bulk_create(
            Email(event=f"storm:{n}", recipient=f"storm{n}@example.com", **texts) for n in range(many)
        )
        for pk in Email.objects.filter(event__startswith="storm:").values_list("pk", flat=True):
            enqueue(send_email, email_id=pk)


def one_turn(kill_every: float) -> tuple[int, int]:
    """Let workers work, and kill one now and then, until none has anything to do; how many were killed, crashed."""
    connection.close()  # a child must not use its parent's connection
    workers, deadline = [start_worker(number) for number in range(WORKERS)], time.monotonic() + kill_every
    try:
        while alive := [worker for worker in workers if worker.is_alive()]:
            if time.monotonic() > deadline:
                deadline += kill_every
                victim = random.choice(alive)
                victim.kill()
                workers.append(start_worker(workers.index(victim)))
            time.sleep(0.01)
    finally:
        for worker in workers:
            worker.kill()
            worker.join()
    codes = [worker.exitcode for worker in workers]
    return codes.count(-signal.SIGKILL), sum(code not in (0, -signal.SIGKILL) for code in codes)


def start_worker(number: int) -> Any:
    worker = FORK.Process(target=work, args=(number,))
    worker.start()
    return worker


def work(number: int) -> None:
    """The child: do what is due, and leave."""
    os.closerange(3, 4096)  # else it would hold the server's ends of other workers' connections
    name, options = COMMANDS[number % len(COMMANDS)]
    call_command(name, **options)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_each_recipient_gets_their_mail_once_while_workers_die():
    many = FULL or 400
    result = storm(many=many, kill_every=1 if FULL else 0.5)
    assert set(result.taken) == {f"storm{n}@example.com" for n in range(many)}
    assert result.kills >= 3
    assert result.crashes == 0
    # Between the server's answer and our record no lock helps: whoever dies there sends the same mail again.
    assert result.duplicates <= result.kills
    ids = dict(Email.objects.values_list("recipient", "message_id"))
    assert {recipient: set(found) for recipient, found in result.taken.items()} == {r: {i} for r, i in ids.items()}
    assert set(Email.objects.values_list("status", flat=True)) == {Email.Status.SENT}
