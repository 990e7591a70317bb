"""`manage.py charge_due_rentals`: charge what is due with the saved cards of customers who agreed to it."""

from django.core.management.base import CommandParser

from core.clock.commands import ChoreCommand
from rentals.chores import charge_due_rentals


class Command(ChoreCommand):
    help = "Charge due installments of rentals with autopay. The workers do the charging."
    chore = charge_due_rentals

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list what would be charged")
