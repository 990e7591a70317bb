"""Finding events by words. Whoever changes what an event is called indexes it in the same transaction.

Each word of a query begins a word of the event's title, description, venue, city, organizer or category. The database
is led from the rarest word to its events; where it finds very many, a page of them is found the other way round,
event by event in the order of the list.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.db.models.lookups import Exact

from catalog.search import words_of
from catalog.search.matching import LAST_CHARACTER, MAX_WORDS, drop_prefixes
from events.models import Event, EventWord
from events.models.event import EventQuerySet

BATCH = 200
# Words are not counted further to tell which one is the rarest.
MAX_FREQUENCY = 5_000


class Words:
    """The words of a query."""

    def __init__(self, text: str) -> None:
        self.words = sorted(drop_prefixes(words_of(text)), key=len, reverse=True)[:MAX_WORDS]

    @cached_property
    def rarest(self) -> str:
        """The word that begins the fewest words of events, counted to MAX_FREQUENCY."""
        if len(self.words) == 1:
            return self.words[0]
        table = connection.ops.quote_name(EventWord._meta.db_table)
        counted = f"(SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE word >= %s AND word < %s LIMIT %s) w{{}})"
        counts = ", ".join(counted.format(number) for number in range(len(self.words)))
        limits = [limit for word in self.words for limit in (word, word + LAST_CHARACTER, MAX_FREQUENCY)]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {counts}", limits)
            return min(zip(cursor.fetchone(), self.words, strict=True))[1]

    def first(self, number: int, conditions: Mapping[str, Any]) -> list[int]:
        """The ids of `number` events that have every word and meet the conditions, led by the rarest word.

        When there are no more, they are all of them, soonest first.
        """
        if not self.words:
            return []
        rows = beginning_with(self.rarest).filter(**{f"event__{name}": value for name, value in conditions.items()})
        for word in self.words:
            if word != self.rarest:
                rows = rows.filter(event__in=beginning_with(word).values("event"))
        found = rows.order_by().values_list("event__starts_at", "event").distinct()[:number]
        return [pk for _, pk in sorted(found)]

    def among(self, events: EventQuerySet) -> EventQuerySet:
        """Those of `events` that have every word, asked one by one in their order."""
        return events.filter(*map(has_word, self.words))


def beginning_with(word: str) -> QuerySet[EventWord]:
    """The words that begin with `word`, as a range of the index."""
    return EventWord.objects.filter(word__gte=word, word__lt=word + LAST_CHARACTER)


def has_word(word: str) -> Exact:
    """Whether an event has the word, asked row by row; the CASE keeps MariaDB from making a join of it."""
    asked = Exists(beginning_with(word).filter(event=OuterRef("pk")))
    return Exact(Case(When(asked, then=Value(1)), default=Value(0)), 1)


def words_of_event(event: Event) -> set[str]:
    """What finds it."""
    venue = event.venue
    texts = (event.title, venue.name, venue.city, event.organizer.name, event.category.name, event.description)
    return {word for text in texts for word in words_of(text)}


def index(events: Sequence[Event]) -> None:
    """Write the words of these events, and no others; inside the transaction that changed them."""
    known: dict[int, set[str]] = {event.pk: set() for event in events}
    for event_id, word in EventWord.objects.filter(event__in=known).values_list("event_id", "word"):
        known[event_id].add(word)
    missing: list[EventWord] = []
    for event in events:
        wanted = words_of_event(event)
        if dropped := known[event.pk] - wanted:
            EventWord.objects.filter(event=event, word__in=dropped).delete()
        missing += [EventWord(event=event, word=word) for word in sorted(wanted - known[event.pk])]
    EventWord.objects.bulk_create(missing, batch_size=1_000)


def index_all(events: QuerySet[Event]) -> None:
    """The same for all of `events`, whose venue, organizer or category has another name; their city follows."""
    ids = list(events.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        named = Event.objects.select_related("venue", "organizer", "category")
        batch = list(named.filter(pk__in=ids[start : start + BATCH]))
        for event in batch:
            event.set_venue(event.venue)
        Event.objects.bulk_update(batch, ["city"])
        index(batch)
