"""The mail to staff about yesterday's orders."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand

from notifications.mails.digest import send_digest


class Command(BaseCommand):
    """Run it once a day. Running it again on the same day sends nothing more."""

    help = "Sends everybody who works here the list of yesterday's orders (UTC), once."

    def handle(self, *args: Any, **options: Any) -> None:
        """Owe the mails."""
        yesterday = datetime.now(tz=UTC).date() - timedelta(days=1)
        self.stdout.write(f"{send_digest(day=yesterday)} people are told of the orders of {yesterday}")
