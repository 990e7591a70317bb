"""The mail to staff about yesterday's orders."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand

from notifications.mails.staff_shop import Digest
from notifications.outbox.queueing import queue_mail


def send_digest(*, day: date) -> int:
    """Queue the digest of the orders placed on `day` (UTC) for all staff; how many people they are.

    Once for each day and person, however often it is called. A day without orders has no mail.
    """
    digest = Digest(day)
    return queue_mail(digest) if digest.orders.exists() else 0


class Command(BaseCommand):
    """Run it once a day. Running it again on the same day sends nothing more."""

    help = "Sends everybody who works here the list of yesterday's orders (UTC), once."

    def handle(self, *args: Any, **options: Any) -> None:
        yesterday = datetime.now(tz=UTC).date() - timedelta(days=1)
        self.stdout.write(f"{send_digest(day=yesterday)} people are told of the orders of {yesterday}")
