"""`manage.py reconcile_payments [--since 2026-11-20] [--dry-run]`: mend what the webhooks missed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.reconciling import reconcile

# A gateway repeats a webhook that nobody took for three days: https://docs.stripe.com/webhooks#retries
USUAL = timedelta(days=3)


class Command(BaseCommand):
    """Safe to run twice and from two machines: each difference is mended, and printed, once."""

    help = "Asks the gateway for what its webhooks may have missed, repairs it and prints each repair."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--since`, `--dry-run`."""
        parser.add_argument("--since", help="a day or a moment, in UTC unless it says otherwise; else three days ago")
        parser.add_argument("--dry-run", action="store_true", help="print what would be repaired, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each finding as it comes, and how many there were. Raises CommandError when the gateway is away."""
        since, dry_run = moment_of(options["since"]), options["dry_run"]
        repairs = problems = 0
        try:
            for finding in reconcile(since=since, dry_run=dry_run):
                self.stdout.write(f"{'would repair ' if dry_run and finding.repaired else ''}{finding}")
                repairs, problems = repairs + finding.repaired, problems + (not finding.repaired)
        except (GatewayUnavailable, GatewayRefused) as error:
            raise CommandError(f"Not finished: {error.message}") from error
        self.stdout.write(f"{'to repair' if dry_run else 'repaired'}: {repairs}, problems: {problems}")


def moment_of(text: str | None) -> datetime:
    """The moment that somebody typed. Raises CommandError."""
    if text is None:
        return timezone.now() - USUAL
    try:
        moment = parse_datetime(text)  # a day alone is its first moment
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError("--since: type a day such as 2026-11-20, or a moment such as 2026-11-20T08:00:00Z.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
