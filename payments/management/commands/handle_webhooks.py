"""`manage.py handle_webhooks [--parked]`: act on webhook events that a killed worker left."""

from django.core.management.base import CommandParser

from core.clock.commands import ChoreCommand
from payments.chores import handle_webhooks


class Command(ChoreCommand):
    help = "Handles webhook events that were due more than half a minute ago. Run it every minute."
    chore = handle_webhooks

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--parked", action="store_true", help="also run parked events again")
