"""`manage.py sum_sales`: sum the sales of days that are over."""

from datetime import date

from django.core.management.base import CommandParser

from core.clock.commands import ChoreCommand
from events.chores import sum_sales


class Command(ChoreCommand):
    help = "Sums the sales of the days in Lagos that are over, for the figures of partners."
    chore = sum_sales
    apart = ("since",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="sum all days from there on"
        )
