"""Mails while workers die: how many a second, and how many arrive twice. MAIL_STORM says how many (10000: full size).

Four worker processes, one of them killed every second, and a mail server that refuses, hangs up and dawdles.
"""

import os

from django.db import connection
from django_tasks_db.models import DBTaskResult

from bench.databases import throwaway
from notifications.models import Email
from notifications.tests.storm import WORKERS, weather

MANY = int(os.environ.get("MAIL_STORM", "1000"))


def run() -> None:
    """Print one line."""
    with throwaway("mail_storm"):
        Email.objects.all().delete()
        DBTaskResult.objects.all().delete()
        storm = weather(many=MANY, kill_every=1)
        missing = MANY - len(storm.taken)
        print(
            f"\nmail storm ({connection.vendor}, {WORKERS} workers, {storm.kills} killed): {MANY} mails in "
            f"{storm.seconds:.0f} s, {MANY / storm.seconds:.0f}/s, {missing} missing, {storm.duplicates} twice"
        )
