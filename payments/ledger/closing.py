"""Closing a day: what each account began and ended with, and how each gateway's day compares to ours."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Max, Q, Sum

from core.db import transactional
from core.errors import DomainError
from payments.gateways import books_named, in_use
from payments.gateways.records import BalanceTransaction
from payments.ledger.booking import wait_at_gate
from payments.ledger.clearing import BEGINNING, Booked, amount_text, booked, parts
from payments.ledger.movements import book_movements, key_of
from payments.models import DayClosing, LedgerLine
from payments.models.ledger import accounts

Figures = dict[str, dict[str, Any]]

# What began before midnight is committed by then, and the gateway has it in its list.
GRACE = timedelta(minutes=10)
# A charge of the last day's end may be booked here on the next; movements are read anew from so far back.
OVERLAP = timedelta(days=2)


class DayNotOver(DomainError):
    """Only a day that is over can be closed, ten minutes after its end."""

    code = "day_not_over"
    message = "The day is not over yet."


def close_day(*, day: date, now: datetime) -> DayClosing:
    """The day's closing, written now unless it was before. Days are UTC days.

    Books what the gateways' lists tell of fees, disputes and payouts up to the day's end first. Outside of
    transactions. Raises DayNotOver, GatewayUnavailable, GatewayRefused.
    """
    if day > (now - GRACE - timedelta(days=1)).astimezone(UTC).date():
        raise DayNotOver
    begin, end = bounds(day)
    if closed := DayClosing.objects.filter(day=day).first():
        return closed
    figures: Figures = {}
    found: list[dict[str, Any]] = []
    for gateway in in_use():
        book_movements(gateway=gateway, since=unread_since(begin), until=end)
        listed = books_named(gateway).balance_transactions_since(begin)
        theirs = [one for one in listed if begin <= one.created_at < end]
        add_gateway_figures(figures, gateway, theirs)
        found += differences(gateway, theirs, begin, end)
    return write_closing(day, figures, found)


@transactional
def write_closing(day: date, figures: Figures, found: list[dict[str, Any]]) -> DayClosing:
    """The closing with what each account holds, unless another process was faster; no entry comes between."""
    wait_at_gate()
    if closed := DayClosing.objects.filter(day=day).first():
        return closed
    add_account_figures(figures, *bounds(day))
    return DayClosing.objects.create(day=day, figures=figures, differences=found)


def bounds(day: date) -> tuple[datetime, datetime]:
    """The moments at which the day begins and is over."""
    begin = datetime.combine(day, time.min, UTC)
    return begin, begin + timedelta(days=1)


def unread_since(begin: datetime) -> datetime:
    """From when on a gateway's list is to be read, so that days which were not closed are not forgotten."""
    closed = DayClosing.objects.aggregate(last=Max("day"))["last"]
    return BEGINNING if closed is None else max(BEGINNING, min(begin, bounds(closed)[1])) - OVERLAP


def of_currency(figures: Figures, currency: str) -> dict[str, Any]:
    """The figures in that currency."""
    return figures.setdefault(currency, {"accounts": {}, "gateways": {}})


def add_account_figures(figures: Figures, begin: datetime, end: datetime) -> None:
    """What each account began with, its debits and credits, and what it ended with, in the smallest unit."""
    today = Q(entry__booked_at__gte=begin)
    lines = LedgerLine.objects.filter(entry__booked_at__lt=end).order_by()
    sums = lines.values_list("entry__currency", "account").annotate(
        opening=Sum("amount", filter=~today, default=0),
        debit=Sum("amount", filter=today & Q(amount__gt=0), default=0),
        credit=Sum("amount", filter=today & Q(amount__lt=0), default=0),
        closing=Sum("amount"),
    )
    names = ("opening", "debit", "credit", "closing")
    for currency, account, *amounts in sums:
        of_currency(figures, currency)["accounts"][account] = dict(zip(names, amounts, strict=True))


def add_gateway_figures(figures: Figures, gateway: str, theirs: Iterable[BalanceTransaction]) -> None:
    """The gateway's day by kind of movement, its fees, and what its balance moved by."""
    for one in theirs:
        sums = of_currency(figures, one.currency)["gateways"].setdefault(gateway, {})
        for name, amount in ((one.kind.value, one.amount), ("fees", -one.fee), ("net", one.net)):
            sums[name] = sums.get(name, 0) + amount


def differences(
    gateway: str, theirs: list[BalanceTransaction], begin: datetime, end: datetime
) -> Iterator[dict[str, Any]]:
    """What is in one book of the day and not in the other: explained by the other's day, or named."""
    today = booked(gateway, LedgerLine.objects.filter(entry__booked_at__gte=begin, entry__booked_at__lt=end))
    missing: dict[str, tuple[int, BalanceTransaction]] = {}
    for movement in theirs:
        for name, amount in parts(movement):
            ours = today.get(name)
            if ours is not None and (ours.amount, ours.currency) == (amount, movement.currency):
                del today[name]
            else:
                missing[name] = (amount, movement)
    yield from only_there(gateway, missing, today)
    yield from only_here(gateway, {name: one for name, one in today.items() if name not in missing})


def only_there(
    gateway: str, missing: dict[str, tuple[int, BalanceTransaction]], today: dict[str, Booked]
) -> Iterator[dict[str, Any]]:
    """What the gateway's day has: booked here on another day, with another amount, or not at all."""
    intents = {movement.intent_id for _, movement in missing.values()}
    keys = {key_of(gateway, *name.split(" ", 1)) for name in missing}
    lines = LedgerLine.objects.filter(Q(entry__payment__intent_id__in=intents) | Q(entry__key__in=keys))
    ever = booked(gateway, lines) if missing else {}
    for name, (amount, movement) in missing.items():
        one = today.get(name) or ever.get(name)
        explained = one is not None and (one.amount, one.currency) == (amount, movement.currency)
        why = "not booked here"
        if one is not None:
            why = (
                "booked here on another day"
                if explained
                else f"booked here with {amount_text(one.amount, one.currency)}"
            )
        yield difference(gateway, name, amount, movement.currency, why, explained=explained)


def only_here(gateway: str, ours: dict[str, Booked]) -> Iterator[dict[str, Any]]:
    """What our day has: on another day of the gateway, or unknown to it."""
    there: set[str] = set()
    if ours:
        oldest = min(one.begun_at for one in ours.values())
        movements = books_named(gateway).balance_transactions_since(oldest - OVERLAP)
        there = {name for movement in movements for name, _ in parts(movement)}
    for name, one in ours.items():
        why = "on another day of the gateway" if name in there else "unknown to the gateway"
        yield difference(gateway, name, one.amount, one.currency, why, explained=name in there)


def difference(gateway: str, what: str, amount: int, currency: str, why: str, *, explained: bool) -> dict[str, Any]:
    """A difference as the closing keeps it."""
    kept = {"gateway": gateway, "what": what, "amount": amount, "currency": currency}
    return {**kept, "why": why, "explained": explained}


def balances() -> dict[str, dict[str, int]]:
    """What stands on each account now, by currency, in the smallest unit."""
    sums = LedgerLine.objects.order_by().values_list("entry__currency", "account").annotate(sum=Sum("amount"))
    stand: dict[str, dict[str, int]] = {}
    for currency, account, amount in sums:
        stand.setdefault(currency, dict.fromkeys((one.value for one in accounts()), 0))[account] = amount
    return stand
