"""`manage.py handle_webhooks [--parked]`: act on webhook events that a killed worker left."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payments.inbox import handle_left, replay
from payments.models import WebhookEvent

# A living worker needs no help for so long.
PATIENCE = timedelta(seconds=30)


class Command(BaseCommand):
    """Safe to run twice and from two machines: what an event settles, it settles once."""

    help = "Handles webhook events that were due more than half a minute ago. Run it every minute."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--parked`."""
        parser.add_argument("--parked", action="store_true", help="also run parked events again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Handle them and say how many there were."""
        self.stdout.write(f"webhook events handled: {handle_left(older_than=PATIENCE)}")
        if options["parked"]:
            parked = WebhookEvent.objects.filter(status=WebhookEvent.Status.PARKED).order_by("pk")
            self.stdout.write(f"parked events run again: {len([replay(event) for event in list(parked)])}")
