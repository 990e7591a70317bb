"""`manage.py close_day 2026-11-20`: write down what a day ended with."""

from datetime import date

from django.core.management.base import CommandParser

from core.clock.commands import ChoreCommand
from payments.chores import close_day


class Command(ChoreCommand):
    help = "Book the gateways' fees, disputes and payouts of a UTC day that is over, and write its closing."
    chore = close_day
    apart = ("day",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("day", nargs="?", type=date.fromisoformat, help="YYYY-MM-DD; yesterday when left out")
