"""`manage.py check_ledger`: prove that the books are right, or say where they are not."""

from django.core.management.base import CommandParser

from core.clock.commands import ChoreCommand
from payments.chores import check_ledger


class Command(ChoreCommand):
    """Reads only; leaves with 1 when anything differs, or when a gateway cannot be asked."""

    help = "Compare the ledger with itself, with payments and what they pay for, and with the gateways' own books."
    chore = check_ledger

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="list every difference, not only the first")
        parser.add_argument(
            "--wait", type=float, default=0, metavar="SECONDS", help="look again so much later before speaking"
        )
