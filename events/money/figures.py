"""How sales go: the summed days, and the days since as they stand now."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cached_property, reduce
from operator import add
from typing import Any, Literal

from django.db.models import Sum

from core.money import quantize
from events.models import Sales
from events.money.summing import DAY, NAMES, Figures, Sums, last_summed, live

By = Literal["day", "event", "ticket_type"]
PLACES: dict[By, int] = {"day": 0, "event": 1, "ticket_type": 2}


class SalesFigures:
    """What was sold of some events, from one day up to another in Lagos, or ever.

    `events` names them (`event=…`, `event__in=…`). The days that are not summed are read once, in two queries, and
    each sum takes one more.
    """

    def __init__(self, *, first: date | None = None, last: date | None = None, **events: Any) -> None:
        self.first, self.last, self.events = first, last, events

    @cached_property
    def summed(self) -> date | None:
        """The last summed day, asked once, so that no day is read twice or left out."""
        return last_summed()

    @cached_property
    def tail(self) -> Sums:
        """The days after the summed ones."""
        begin = max(filter(None, (self.first, self.summed and self.summed + DAY)), default=None)
        end = self.last and self.last + DAY
        return {} if begin and end and begin >= end else live(begin, end, **self.events)

    def by(self, key: By) -> dict[Any, Figures]:
        """The sums for each day, event or ticket type on which there are any."""
        found: defaultdict[Any, Figures] = defaultdict(Figures)
        for value, *sums in self.kept().values_list(key).annotate(*(Sum(name) for name in NAMES)).order_by(key):
            found[value] = figures_of(sums)
        for place, figures in self.tail.items():
            found[place[PLACES[key]]] += figures
        return dict(found)

    def total(self) -> Figures:
        """The sum of all."""
        sums = self.kept().aggregate(**{f"{name}_sum": Sum(name) for name in NAMES})
        return reduce(add, self.tail.values(), figures_of(sums.values()))

    def kept(self) -> Any:
        """The rows of the summed days."""
        rows = Sales.objects.filter(**self.events) if self.summed else Sales.objects.none()
        begin = {"day__gte": self.first} if self.first else {}
        end = min(filter(None, (self.last, self.summed)), default=None)
        return rows.filter(**begin, **({"day__lte": end} if end else {}))


def figures_of(sums: Iterable[Any]) -> Figures:
    """Figures from the database's sums, which are None where there is nothing."""
    orders, first_orders, tickets, *amounts = (one or 0 for one in sums)
    gross, fees, refunds = (quantize(Decimal(one)) for one in amounts)
    return Figures(orders, first_orders, tickets, gross, fees, refunds)
