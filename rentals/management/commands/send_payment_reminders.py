"""`manage.py send_payment_reminders`: remind customers of payments, and write late fees."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from rentals.money.dunning import remind, steps


class Command(BaseCommand):
    """For the scheduler, once a day; safe to run twice, from two machines, or after a missed day."""

    help = "Remind of payments 7 and 3 days before, on the day, and when late; write late fees where they are due."

    def add_arguments(self, parser: CommandParser) -> None:
        """--dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="list what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what today asks for, or list it."""
        today = timezone.localdate()
        if options["dry_run"]:
            for step in steps(today=today):
                self.stdout.write(str(step))
            return
        reminders, fees = remind(today=today)
        self.stdout.write(f"{reminders} reminders, {fees} late fees.")
