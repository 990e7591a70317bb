"""What was sold by day and ticket type, from the rows that say so: tickets, and refunds that settled.

Days that are over are summed once (`Sales`), so that a year of a million orders is read in a moment; the days since
are summed when they are asked for. A summed day is never added to: it is written anew, whole, from the same rows, so
it cannot drift, and `differences` holds it against them and against the ledger.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import CharField, Count, Exists, F, Max, Min, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Cast, Concat

from core.db import transactional
from core.money import ZERO, from_minor, quantize, split, to_minor
from events.accounts import TicketAccount
from events.days import LAGOS, day_starts
from events.models import Sales, SalesDay, Ticket, TicketOrderLine
from events.models.order import CURRENCY
from events.money import statements
from events.money.statements import lagos_day
from payments.ledger.clearing import amount_text
from payments.models import LedgerLine, Refund

DAY = timedelta(days=1)
# What began before midnight is committed by then; the last days are summed again all the same.
GRACE, AGAIN = timedelta(minutes=10), timedelta(days=2)
ORDER = "payment__ticket_order_payment__ticket_order"

Key = tuple[date, int, int]


@dataclass(frozen=True)
class Figures:
    """What was sold and went back; `fees` are ours, less what of them was given back."""

    orders: int = 0
    first_orders: int = 0
    tickets: int = 0
    gross: Decimal = ZERO
    fees: Decimal = ZERO
    refunds: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """What of it is the organizer's."""
        return self.gross - self.fees - self.refunds

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Figures)))


NAMES = [one.name for one in fields(Figures)]
FEE_BACK = Subquery(
    LedgerLine.objects.filter(
        entry__key=Concat(Value("ticket_order-refunded:"), Cast(OuterRef("pk"), CharField())),
        account=TicketAccount.PLATFORM_FEES,
    ).values("amount")[:1]
)
Sums = dict[Key, Figures]


def live(begin: date | None, end: date | None, **events: Any) -> Sums:
    """What was sold from `begin` up to and without `end`, by day, event and ticket type; two queries.

    `events` names the events (`event=…`, `event__in=…`).
    """
    found: defaultdict[Key, Figures] = defaultdict(Figures)
    for key, figures in (*sold(begin, end, events), *gone_back(begin, end, events)):
        found[key] += figures
    return dict(found)


def within(column: str, begin: date | None, end: date | None) -> Q:
    """Moments of these days in Lagos."""
    wanted = Q(**{f"{column}__gte": day_starts(begin, LAGOS)}) if begin else Q()
    return wanted & Q(**{f"{column}__lt": day_starts(end, LAGOS)}) if end else wanted


def sold(begin: date | None, end: date | None, events: dict[str, Any]) -> Iterator[tuple[Key, Figures]]:
    """The tickets that were issued. The first ticket of a line counts its order."""
    earlier = TicketOrderLine.objects.filter(order=OuterRef("order"), pk__lt=OuterRef("line"))
    rows = Ticket.objects.filter(within("created_at", begin, end), **events).order_by()
    sums = rows.values_list(lagos_day(F("created_at")), "event", "ticket_type").annotate(
        orders=Count("pk", filter=Q(number=1)),
        first_orders=Count("pk", filter=Q(~Exists(earlier), number=1)),
        tickets=Count("pk"),
        gross=Sum("line__price"),
        fees=Sum("line__fee"),
    )
    for day, event, kind, orders, first_orders, tickets, gross, fees in sums:
        yield (day, event, kind), Figures(orders, first_orders, tickets, quantize(gross), quantize(fees))


def gone_back(begin: date | None, end: date | None, events: dict[str, Any]) -> Iterator[tuple[Key, Figures]]:
    """The refunds that settled, in proportion to the prices of the tickets that they are for."""
    of_order = {f"{ORDER}__{name}": value for name, value in events.items()}
    settled = Refund.objects.filter(
        within("settled_at", begin, end),
        status=Refund.Status.SUCCEEDED,
        payment__ticket_order_payment__counted_at__isnull=False,
        **of_order,
    )
    rows = settled.order_by().annotate(fee=FEE_BACK, day=lagos_day(F("settled_at")))
    columns = ("pk", "day", f"{ORDER}__event", ORDER, "amount", "fee", "tickets__ticket_type")
    found = rows.values_list(*columns).annotate(price=Sum("tickets__line__price"), fees=Sum("tickets__line__fee"))
    for (_, day, event, order, amount, fee), those in groupby(found.order_by("pk"), key=lambda row: row[:6]):
        worth = [tuple(row[6:]) for row in those if row[6]] or worth_of_order(order)
        kinds, prices, shares_of_fee = zip(*worth, strict=True)
        refunded = split(amount, prices)
        fees = split(from_minor(fee or 0, CURRENCY), shares_of_fee if any(shares_of_fee) else prices)
        for kind, back, fee_back in zip(kinds, refunded, fees, strict=True):
            yield (day, event, kind), Figures(refunds=back, fees=-fee_back)


def worth_of_order(order: int) -> list[tuple[int, Decimal, Decimal]]:
    """Prices and fees of an order by ticket type: money that went back for none of its tickets in particular."""
    lines = TicketOrderLine.objects.filter(order=order).order_by("pk")
    return [(line.ticket_type_id, line.subtotal, line.fee_total) for line in lines]


@transactional
def sum_day(day: date) -> None:
    """Write the day's sums, in place of those that are there. Of two that do it at once, one waits for the other."""
    SalesDay.objects.get_or_create(day=day)
    mark = SalesDay.objects.select_for_update().get(day=day)
    Sales.objects.filter(day=day).delete()
    Sales.objects.bulk_create(
        Sales(day=day, event_id=event, ticket_type_id=kind, **asdict(figures))
        for (_, event, kind), figures in live(day, day + DAY).items()
    )
    mark.save()


def last_summed() -> date | None:
    """The last day of those that are summed; all before it are, too."""
    return SalesDay.objects.aggregate(last=Max("day"))["last"]


def sum_days(*, now: datetime, since: date | None = None) -> int:
    """Sum the days that are over and the two before them again, or all from `since` on; how many that were."""
    last = (now - GRACE).astimezone(LAGOS).date() - DAY
    summed = last_summed()
    first = since or (summed - AGAIN + DAY if summed else first_day())
    days = [first + DAY * n for n in range((last - first).days + 1)] if first else []
    for day in days:
        sum_day(day)
    return len(days)


def first_day() -> date | None:
    """The day of the first ticket."""
    first = Ticket.objects.aggregate(first=Min("created_at"))["first"]
    return first.astimezone(LAGOS).date() if first else None


def differences() -> Iterator[str]:
    """Summed days that are not what their rows say, and events for which the ledger says something else."""
    summed = last_summed()
    if summed:
        yield from drifted(live(None, summed + DAY))
    ledger, figures = statements.by_event(), Counter[int]()
    for (_, event, _), one in live(None, None).items():
        figures[event] += to_minor(one.net, CURRENCY)
    for event in sorted(figures.keys() | ledger.keys()):
        ours, booked = figures[event], ledger.get(event, statements.Statement()).net
        if ours != booked:
            brought, said = amount_text(ours, CURRENCY), amount_text(booked, CURRENCY)
            yield f"event:{event}: its tickets brought {brought}, its books say {said}"


def drifted(truth: Sums) -> Iterator[str]:
    """Days that `Sales` tells otherwise."""
    kept = {(day, event, kind): figures for day, event, kind, figures in kept_rows()}
    for key in sorted(truth.keys() | kept.keys()):
        if truth.get(key, Figures()) != kept.get(key, Figures()):
            day, event, kind = key
            yield f"event:{event}: the sums of ticket type {kind} on {day} are not those of its tickets"


def kept_rows() -> Iterator[tuple[date, int, int, Figures]]:
    """Every summed row."""
    for day, event, kind, *figures in Sales.objects.values_list("day", "event", "ticket_type", *NAMES).iterator():
        yield day, event, kind, Figures(*figures)
