"""`manage.py send_payment_reminders`: remind customers of payments, and write late fees."""

from django.core.management.base import CommandParser

from core.clock.commands import ChoreCommand
from rentals.chores import send_payment_reminders


class Command(ChoreCommand):
    help = "Remind of payments 7 and 3 days before, on the day, and when late; write late fees where they are due."
    chore = send_payment_reminders

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list what would be done")
