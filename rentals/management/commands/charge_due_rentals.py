"""`manage.py charge_due_rentals`: charge what is due with the saved cards of customers who agreed to it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from rentals.autopay.charging import charge_due_rentals, due_to_charge


class Command(BaseCommand):
    """For the scheduler, once a day or more; safe to run twice and from two machines."""

    help = "Charge due installments of rentals with autopay. The workers do the charging."

    def add_arguments(self, parser: CommandParser) -> None:
        """--dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="list what would be charged")

    def handle(self, *args: Any, **options: Any) -> None:
        """Hand over what is due, or list it."""
        today = timezone.localdate()
        if options["dry_run"]:
            for installment in due_to_charge(today=today).select_related("rental").iterator(chunk_size=1000):
                self.stdout.write(f"{installment}, due {installment.due_date}: {installment.amount}")
            return
        self.stdout.write(f"{charge_due_rentals(today=today)} charges handed to the workers.")
