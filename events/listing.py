"""The list of published events: filtered, searched, soonest first, in milliseconds on whichever database."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from events.models import Event
from events.models.event import EventQuerySet, folded_city
from events.searching import Words

# Up to so many are counted at each request; what is more is counted once in a while, and in a search not at all.
COUNTED = 1_000
COUNT_SECONDS = 30
# No zone is further from UTC.
FARTHEST = timedelta(hours=15)
FIRST_DAY, LAST_DAY = date(1000, 1, 1), date(9000, 1, 1)


@dataclass(frozen=True)
class Filters:
    """The filters in force; None and "" are filters that are not. `start_date` and `end_date` are days where it is.

    `upcoming` are those that begin in the future. Without a period they are those that are not over.
    """

    city: str = ""
    category_id: int | None = None
    event_type: str = ""
    is_free: bool | None = None
    search: str = ""
    start_date: date | None = None
    end_date: date | None = None
    featured: bool = False
    upcoming: bool = False

    def conditions(self) -> dict[str, Any]:
        """The filters but the search, as conditions on events."""
        wanted: dict[str, Any] = {
            "city": folded_city(self.city) or None,
            "category": self.category_id,
            "event_type": self.event_type or None,
            "highest_price": 0 if self.is_free else None,
            "highest_price__gt": 0 if self.is_free is False else None,
            "is_featured": self.featured or None,
            **self.period(),
        }
        return {name: value for name, value in wanted.items() if value is not None}

    def period(self) -> dict[str, Any]:
        """When they begin or end. The bounds of the moment lead the index in which they are sorted."""
        if self.upcoming:
            return {"starts_at__gt": timezone.now()}
        if not self.start_date and not self.end_date:
            return {"ends_at__gt": timezone.now()}
        first, last = max(self.start_date or FIRST_DAY, FIRST_DAY), min(self.end_date or LAST_DAY, LAST_DAY)
        return {
            "start_day__gte": self.start_date,
            "start_day__lte": self.end_date,
            "starts_at__gte": midnight(min(first, LAST_DAY)) - FARTHEST if self.start_date else None,
            "starts_at__lt": midnight(max(last, FIRST_DAY)) + timedelta(days=1) + FARTHEST if self.end_date else None,
        }


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


class Listing:
    """The published events under these filters; it counts and slices like a queryset."""

    def __init__(self, filters: Filters) -> None:
        self.filters = filters
        self.words = Words(filters.search)
        self.conditions = {"status": Event.Status.PUBLISHED, **filters.conditions()}

    @cached_property
    def found(self) -> EventQuerySet:
        """All of them, in the order of an index."""
        events = Event.objects.filter(**self.conditions)
        return self.words.among(events).order_by("starts_at", "id")

    @cached_property
    def matches(self) -> list[int] | None:
        """The ids of all that a search finds; None without a search, and where it finds very many."""
        if not self.filters.search:
            return None
        ids = self.words.first(COUNTED + 1, self.conditions)
        return ids if len(ids) <= COUNTED else None

    def count(self) -> int:
        """How many there are; of very many, as they were counted within the last half minute, in a search COUNTED."""
        if self.matches is not None:
            return len(self.matches)
        if self.filters.search:
            return COUNTED
        counted = self.found.order_by()[: COUNTED + 1].count()
        if counted <= COUNTED:
            return counted
        key = "events:count:" + sha256(repr(sorted(asdict(self.filters).items())).encode()).hexdigest()
        return int(cache.get_or_set(key, self.found.order_by().count, COUNT_SECONDS) or 0)

    def __getitem__(self, part: slice) -> list[Event]:
        """The events at these places, with all that is answered about them."""
        ids = self.matches[part] if self.matches is not None else list(self.found.values_list("pk", flat=True)[part])
        rows = Event.objects.with_details().in_bulk(ids)
        return [rows[pk] for pk in ids if pk in rows]
