"""Mails while workers die: how many a second, and how many arrive twice. MAIL_STORM says how many (10000: full size).

Four worker processes, one of them killed every second, and a mail server that refuses, hangs up and dawdles.
"""

import os

from django.db import connection
from django_tasks_db.models import DBTaskResult

from bench.databases import throwaway
from notifications.models import Email
from notifications.tests.test_storm import WORKERS, storm

MANY = int(os.environ.get("MAIL_STORM", "1000"))


def run() -> None:
    """Print one line."""
    with throwaway("mail_storm"):
        Email.objects.all().delete()
        DBTaskResult.objects.all().delete()
        result = storm(many=MANY, kill_every=1)
        missing = MANY - len(result.taken)
        print(
            f"\nmail storm ({connection.vendor}, {WORKERS} workers, {result.kills} killed): {MANY} mails in "
            f"{result.seconds:.0f} s, {MANY / result.seconds:.0f}/s, {missing} missing, {result.duplicates} twice"
        )
