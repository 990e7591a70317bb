"""What repeats about payments: refunds, webhooks, reconciliation, the books."""

import time as clock
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from django.utils import timezone

from core.clock.registry import ChoreFailed, chore
from core.errors import DomainError
from core.money import from_minor
from payments import inbox
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.ledger import checking, closing
from payments.ledger.clearing import amount_text
from payments.models import WebhookEvent
from payments.models.ledger import Account
from payments.reconciling import reconcile
from payments.refunds import services as refunds

MINUTE = timedelta(minutes=1)
# A living worker needs no help for so long.
PATIENCE = timedelta(seconds=30)
# A gateway repeats a webhook that was not taken for three days: https://docs.stripe.com/webhooks#retries
RECONCILED_DAYS = timedelta(days=3)
COLUMNS = ("opening", "debit", "credit", "closing")


@chore(every=MINUTE, does="sends refunds that found no gateway, or whose worker was killed")
def settle_refunds() -> str:
    settled, waiting = refunds.send_pending()
    return f"refunds settled: {settled}, still waiting: {waiting}"


@chore(
    every=MINUTE,
    does="acts on webhook events that a killed worker left (`--parked` runs the parked ones again, once their cause "
    "is mended)",
)
def handle_webhooks(*, parked: bool = False) -> Iterator[str]:
    yield f"webhook events handled: {inbox.handle_left(older_than=PATIENCE)}"
    if parked:
        events = list(WebhookEvent.objects.filter(status=WebhookEvent.Status.PARKED).order_by("pk"))
        yield f"parked events run again: {len([inbox.replay(event) for event in events])}"


@chore(
    every=10 * MINUTE,
    deadline=30 * MINUTE,
    does="asks the gateway for what its webhooks missed in the last three days, or `--since 2026-11-20`; mends it "
    "and prints each repair (`--dry-run` only prints)",
)
def reconcile_payments(*, since: datetime | None = None, dry_run: bool = False) -> Iterator[str]:
    repairs = problems = 0
    try:
        for finding in reconcile(since=since or timezone.now() - RECONCILED_DAYS, dry_run=dry_run):
            yield f"{'would repair ' if dry_run and finding.repaired else ''}{finding}"
            repairs, problems = repairs + finding.repaired, problems + (not finding.repaired)
    except (GatewayUnavailable, GatewayRefused) as error:
        raise ChoreFailed(f"Not finished: {error.message}") from error
    yield f"{'to repair' if dry_run else 'repaired'}: {repairs}, problems: {problems}"


@chore(
    at=time(0, 10),
    deadline=60 * MINUTE,
    does="books the gateway's fees and payouts, closes the UTC day before, and prints its figures and differences; a "
    "date closes another day",
)
def close_day(*, day: date | None = None) -> Iterator[str]:
    now = timezone.now()
    yesterday = now.astimezone(UTC).date() - timedelta(days=1)
    try:
        closed = closing.close_day(day=day or yesterday, now=now)
    except DomainError as error:
        raise ChoreFailed(f"The day was not closed: {error.message}") from error
    for currency, figures in closed.figures.items():
        yield from account_lines(currency, figures["accounts"])
    for one in closed.differences:
        word = "explained" if one["explained"] else "DIFFERENCE"
        yield f"{word} {one['what']}: {amount_text(one['amount'], one['currency'])}, {one['why']}"
    unexplained = sum(not one["explained"] for one in closed.differences)
    yield f"{closed}: {len(closed.differences)} differences, {unexplained} unexplained"


def account_lines(currency: str, accounts: dict[str, dict[str, int]]) -> Iterator[str]:
    """The figures of each account below their columns."""
    yield f"{currency:28}" + "".join(f" {name:>14}" for name in COLUMNS)
    for account, sums in accounts.items():
        figures = "".join(f" {from_minor(sums[name], currency):>14}" for name in COLUMNS)
        yield f"{Account(account).label:28}{figures}"


@chore(
    at=time(0, 40),
    deadline=60 * MINUTE,
    options="--wait 60",
    does="proves the books against themselves, payments, what they pay for and the gateway; leaves with 1 and prints "
    "the first difference (`--all` prints all)",
)
def check_ledger(*, wait: float = 60, all: bool = True) -> Iterator[str]:
    found = 0
    try:
        for difference in islice(lasting_differences(wait), None if all else 1):
            found += 1
            yield difference
    except DomainError as error:
        raise ChoreFailed(f"The ledger could not be checked: {error.message}") from error
    if found:
        raise ChoreFailed("The ledger does not hold.")
    yield "The ledger holds."


def lasting_differences(wait: float) -> Iterator[str]:
    """The differences; with a `wait` in seconds only those that are there after it, too: what is paid at this moment
    is at the gateway before it is here. Raises GatewayUnavailable, GatewayRefused.
    """
    if not wait:
        yield from checking.differences()
    elif before := set(checking.differences()):
        clock.sleep(wait)
        yield from (difference for difference in checking.differences() if difference in before)
