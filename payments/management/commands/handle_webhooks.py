"""`manage.py handle_webhooks`: act on webhook events that a killed worker left."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from payments.inbox import handle_left

# A living worker needs no help for so long.
PATIENCE = timedelta(minutes=1)


class Command(BaseCommand):
    """Safe to run twice and from two machines: what an event settles, it settles once."""

    help = "Handles webhook events that were received more than a minute ago and not handled."

    def handle(self, *args: Any, **options: Any) -> None:
        """Handle them and say how many there were."""
        self.stdout.write(f"webhook events handled: {handle_left(older_than=PATIENCE)}")
