"""`manage.py check_stock`: prove that the movements of stock lead to the counts, or say where they do not."""

from django.core.management.base import CommandParser

from catalog.chores import check_stock
from core.clock.commands import ChoreCommand


class Command(ChoreCommand):
    """Reads only; leaves with 1 when anything differs."""

    help = "Compare the count of every product with its movements and its devices."
    chore = check_stock

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="list every difference, not only the first")
