"""`manage.py reconcile_payments [--since 2026-11-20] [--dry-run]`: mend what the webhooks missed."""

from datetime import UTC, datetime

from django.core.management.base import CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from core.clock.commands import ChoreCommand
from payments.chores import reconcile_payments


def moment_of(text: str) -> datetime:
    """The moment that was typed. Raises CommandError."""
    try:
        moment = parse_datetime(text)  # a day alone is its first moment
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError("--since: type a day such as 2026-11-20, or a moment such as 2026-11-20T08:00:00Z.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Command(ChoreCommand):
    help = "Asks the gateway for what its webhooks may have missed, repairs it and prints each repair."
    chore = reconcile_payments
    apart = ("since", "dry_run")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", type=moment_of, help="a day or a moment, in UTC unless it says otherwise; else three days ago"
        )
        parser.add_argument("--dry-run", action="store_true", help="print what would be repaired, and change nothing")
