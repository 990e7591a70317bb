"""Events by the hundred thousand, alike on every machine: published, to come, in forty cities."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from events import searching
from events.models import Event, EventWord, Organizer, Quota, TicketType, Venue

CHUNK = 2_000
CITIES = ("Lagos", "Abuja", "Ibadan", "Kano", "Enugu", "Jos", "Benin City", "Calabar")
WHAT = (
    "Jazz",
    "Tech",
    "Food",
    "Comedy",
    "Startup",
    "Fashion",
    "Film",
    "Gospel",
    "Chess",
    "Poetry",
    "Dance",
    "Design",
)
KINDS = ("Night", "Summit", "Festival", "Workshop", "Meetup", "Conference", "Fair", "Marathon", "Concert", "Talk")


def fill(size: int) -> None:
    """Make the events, unless they are there; they begin within a year from now."""
    if Event.objects.count() == size and Event.objects.filter(starts_at__gt=timezone.now()).count() == size:
        return
    EventWord.objects.all().delete()
    TicketType.objects.all().delete()
    Quota.objects.all().delete()
    Event.objects.all().delete()
    dice = random.Random(7)
    organizers = [
        Organizer.objects.create(name=f"Organizer {number}", email="o@example.com", verified_at=timezone.now())
        for number in range(20)
    ]
    venues = [
        Venue.objects.create(name=f"Hall {number}", city=CITIES[number % 8] if number < 200 else f"Town {number}")
        for number in range(240)
    ]
    for start in range(0, size, CHUNK):
        with transaction.atomic():
            make_chunk(range(start, min(size, start + CHUNK)), dice, organizers, venues)
    analyze(Event, EventWord, TicketType, Quota)


def make_chunk(numbers: range, dice: random.Random, organizers: list[Organizer], venues: list[Venue]) -> None:
    """The events with these numbers, with two ticket types each and their words."""
    Event.objects.bulk_create(an_event(number, dice, organizers, venues) for number in numbers)
    named = Event.objects.select_related("venue", "organizer", "category")
    events = list(named.order_by("-pk")[: len(numbers)])
    Quota.objects.bulk_create(Quota(event=event, size=200) for event in events for _ in range(2))
    quotas = Quota.objects.order_by("-pk")[: 2 * len(events)]
    TicketType.objects.bulk_create(types_of(events, list(quotas)))
    searching.index(events)


def an_event(number: int, dice: random.Random, organizers: list[Organizer], venues: list[Venue]) -> Event:
    starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=60 + dice.randrange(525_600))
    event = Event(
        title=f"{dice.choice(WHAT)} {dice.choice(KINDS)} {number:06}",
        description=f"{dice.choice(WHAT)} for all, with friends from near and far, edition {dice.randrange(500)}.",
        organizer=dice.choice(organizers),
        category_id=dice.randrange(1, 11),
        status="published",
        event_type=dice.choices(("live", "online", "hybrid"), weights=(90, 8, 2))[0],
        is_featured=dice.random() < 0.01,
        lowest_price=Decimal(0),
        highest_price=Decimal(dice.choice((0, 5_000, 10_000, 20_000))),
    )
    event.set_venue(dice.choice(venues))
    event.set_times(starts_at, starts_at + timedelta(hours=4))
    return event


def types_of(events: list[Event], quotas: list[Quota]) -> Iterator[TicketType]:
    for event, *pair in zip(events, quotas[::2], quotas[1::2], strict=True):
        for name, price, quota in zip(
            ("Regular", "VIP"), (event.lowest_price, event.highest_price), pair, strict=True
        ):
            yield TicketType(event_id=quota.event_id, name=name, price=price or 0, quota=quota)


def analyze(*models: type[Model]) -> None:
    """Let the database know what is there."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("ANALYZE")
            return
        for model in models:
            cursor.execute(f"ANALYZE TABLE {model._meta.db_table}")
            cursor.fetchall()
