"""`manage.py check_ledger`: prove that the books are right, or say where they are not."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from payments.ledger.checking import differences


def lasting(wait: float) -> Iterator[str]:
    """The differences; with a `wait` in seconds only those that are there after it, too: what somebody pays at this
    moment is at the gateway before it is here. Raises GatewayUnavailable, GatewayRefused.
    """
    if not wait:
        yield from differences()
    elif before := set(differences()):
        time.sleep(wait)
        yield from (difference for difference in differences() if difference in before)


class Command(BaseCommand):
    """Reads only."""

    help = "Compare the ledger with itself, with payments, orders, rentals, and with the gateways' own books."

    def add_arguments(self, parser: CommandParser) -> None:
        """--all, --wait."""
        parser.add_argument("--all", action="store_true", help="list every difference, not only the first")
        parser.add_argument(
            "--wait", type=float, default=0, metavar="SECONDS", help="look again so much later before speaking"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what differs; exit code 1 when anything does, or when a gateway cannot be asked."""
        found = 0
        try:
            for difference in islice(lasting(options["wait"]), None if options["all"] else 1):
                found += 1
                self.stdout.write(difference)
        except DomainError as error:
            raise CommandError(f"The ledger could not be checked: {error.message}") from error
        if found:
            raise CommandError("The ledger does not hold.")
        self.stdout.write("The ledger holds.")
