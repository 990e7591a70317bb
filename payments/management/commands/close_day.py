"""`manage.py close_day 2026-11-20`: write down what a day ended with."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import DomainError
from core.money import from_minor
from payments.ledger.clearing import said
from payments.ledger.closing import close_day
from payments.models.ledger import Account

COLUMNS = ("opening", "debit", "credit", "closing")


def yesterday(now: datetime) -> date:
    """The last UTC day that is over."""
    return now.astimezone(UTC).date() - timedelta(days=1)


class Command(BaseCommand):
    """For the scheduler, daily, for the day before; safe to run twice."""

    help = "Book the gateways' fees, disputes and payouts of a UTC day that is over, and write its closing."

    def add_arguments(self, parser: CommandParser) -> None:
        """The day."""
        parser.add_argument("day", nargs="?", type=date.fromisoformat, help="YYYY-MM-DD; yesterday when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Close it and print its figures."""
        now = timezone.now()
        try:
            closing = close_day(day=options["day"] or yesterday(now), now=now)
        except DomainError as error:
            raise CommandError(f"The day was not closed: {error.message}") from error
        for currency, figures in closing.figures.items():
            self.print_accounts(currency, figures["accounts"])
        for one in closing.differences:
            word = "explained" if one["explained"] else "DIFFERENCE"
            self.stdout.write(f"{word} {one['what']}: {said(one['amount'], one['currency'])}, {one['why']}")
        unexplained = sum(not one["explained"] for one in closing.differences)
        self.stdout.write(f"{closing}: {len(closing.differences)} differences, {unexplained} unexplained")

    def print_accounts(self, currency: str, accounts: dict[str, dict[str, int]]) -> None:
        """A line for each account."""
        self.stdout.write(f"{currency:28}" + "".join(f" {name:>14}" for name in COLUMNS))
        for account, sums in accounts.items():
            figures = "".join(f" {from_minor(sums[name], currency):>14}" for name in COLUMNS)
            self.stdout.write(f"{Account(account).label:28}{figures}")
