"""What is owed to organizers: summed from the ledger, and from nothing else.

Gross less fees, refunds and what was paid out is the balance, to the kobo, whatever was booked.
"""

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import UTC, date, timedelta
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncDate

from core.money import from_minor
from events.accounts import TicketAccount
from events.models import Event, Payout
from events.models.order import CURRENCY
from payments.models import LedgerLine

SALE, PAYOUT = "ticket_order_paid", "ticket_payout"
# How a ledger line leads to its event: by the order that was paid or refunded, or by the payout.
PATHS = ("entry__payment__ticket_order_payment__ticket_order", "entry__payout")


@dataclass(frozen=True)
class Statement:
    """Sums in kobo: `gross` is the price of what was sold, `fees` what is kept of our fees, `refunds` what went back
    to buyers, `paid_out` what went to the organizer."""

    gross: int = 0
    fees: int = 0
    refunds: int = 0
    paid_out: int = 0

    @property
    def net(self) -> int:
        """What of it is the organizer's."""
        return self.gross - self.fees - self.refunds

    @property
    def balance(self) -> int:
        """What is still owed; below zero, what the organizer owes us."""
        return self.net - self.paid_out

    @property
    def amounts(self) -> dict[str, Decimal]:
        """All of them, in Naira."""
        names = [*(one.name for one in fields(Statement)), "net", "balance"]
        return {name: from_minor(getattr(self, name), CURRENCY) for name in names}

    def __add__(self, other: "Statement") -> "Statement":
        return Statement(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Statement)))


@dataclass(frozen=True)
class EventStatement:
    """The statement of one event: each day in Lagos on which something was booked, their sum, and the payouts."""

    event: Event
    days: dict[date, Statement]
    payouts: list[Payout]

    @property
    def total(self) -> Statement:
        """The sum of its days."""
        return total(self.days)


def total(statements: dict[Any, Statement]) -> Statement:
    """The sum of them."""
    return reduce(add, statements.values(), Statement())


def statement_of(event: Event) -> EventStatement:
    """The whole of an event's statement; three queries."""
    days = sums({path: lagos_day(F("entry__booked_at")) for path in PATHS}, event=event)
    return EventStatement(event, dict(sorted(days.items())), list(event.payouts.order_by("pk")))


def by_event(**events: Any) -> dict[int, Statement]:
    """The statements of the events that are named (`event=…`, `event__organizer=…`), by their ids; two queries.

    Events for which nothing was booked are left out.
    """
    return sums({path: F(f"{path}__event") for path in PATHS}, **events)


def balance_of(event: Event) -> int:
    """What is owed for the event, in kobo."""
    return total(by_event(event=event)).balance


def sums(keys: dict[str, Combinable], **events: Any) -> dict[Any, Statement]:
    """The statements by a key, which is an expression for each of the PATHS."""
    found: defaultdict[Any, Statement] = defaultdict(Statement)
    for path, key in keys.items():
        wanted = {f"{path}__{name}": value for name, value in {"event__isnull": False, **events}.items()}
        lines = LedgerLine.objects.filter(account__in=TicketAccount.values, **wanted)
        rows = lines.order_by().annotate(key=key).values_list("key", "entry__kind", "account")
        for value, kind, account, amount in rows.annotate(sum=Sum("amount")):
            found[value] += counted(kind, account, amount)
    return dict(found)


def counted(kind: str, account: str, amount: int) -> Statement:
    """What the sum of lines of a kind and account is in a statement; credits are below zero."""
    if kind == PAYOUT:
        return Statement(paid_out=amount)
    fees = -amount if account == TicketAccount.PLATFORM_FEES else 0
    return Statement(gross=-amount, fees=fees) if kind == SALE else Statement(refunds=amount, fees=fees)


def lagos_day(moment: Combinable) -> TruncDate:
    """The day in Lagos of a column, in the database.

    Nigeria is an hour ahead of UTC all year, so no table of zones is needed, which MySQL has not by itself.
    """
    ahead = ExpressionWrapper(moment + timedelta(hours=1), output_field=DateTimeField())
    return TruncDate(ahead, tzinfo=UTC)
