"""The list and the search of published events."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from events import listing, searching
from events.listing import Filters, Listing
from events.models import Category, Event
from events.tests.factories import make_event, make_organizer, make_venue

pytestmark = pytest.mark.django_db


def titles(**filters):
    found = Listing(Filters(**filters))
    rows = found[0:100]
    assert found.count() == len(rows)
    return [event.title for event in rows]


def named(title, **fields):
    event = make_event({"price": fields.pop("price", "5000")}, title=title, **fields)
    searching.index([event])
    return event


def test_filters_combine():
    named("Lagos jazz", category_id=1)
    named("Lagos free", price="0", category_id=1)
    named("Lagos online", event_type="online", category_id=2)
    named("Abuja", venue=make_venue(city="Abuja"), category_id=1)
    assert titles(city=" LAGOS ", category_id=1) == ["Lagos jazz", "Lagos free"]
    assert titles(city="lagos", is_free=True) == ["Lagos free"]
    assert titles(is_free=False, category_id=1) == ["Lagos jazz", "Abuja"]
    assert titles(event_type="online") == ["Lagos online"]
    assert titles(city="Lag") == titles(category_id=9) == []
    assert titles(city="Abuja", search="abu", category_id=1) == ["Abuja"]


def test_only_published_events_are_listed_soonest_first_and_not_over():
    now = timezone.now()
    for number, status in enumerate(("draft", "cancelled", "completed")):
        named(status, status=status, starts_at=now + timedelta(days=number + 1))
    same = now + timedelta(days=2)
    named("second", starts_at=same)
    named("third", starts_at=same)
    named("running", starts_at=now - timedelta(hours=1))
    named("over", starts_at=now - timedelta(days=1))
    assert titles() == ["running", "second", "third"]
    assert titles(upcoming=True) == ["second", "third"]
    assert titles(start_date=(now - timedelta(days=3)).date()) == ["over", "running", "second", "third"]


def test_featured_ones_are_listed_apart():
    named("plain")
    named("featured", is_featured=True)
    assert titles(featured=True) == ["featured"]


@pytest.mark.parametrize(
    ("zone", "start", "day"),
    [
        ("Africa/Lagos", datetime(2030, 12, 5, 22, 30, tzinfo=UTC), date(2030, 12, 5)),
        ("Africa/Lagos", datetime(2030, 12, 5, 23, 30, tzinfo=UTC), date(2030, 12, 6)),
        ("Pacific/Kiritimati", datetime(2030, 12, 5, 10, 30, tzinfo=UTC), date(2030, 12, 6)),
        ("Pacific/Pago_Pago", datetime(2030, 12, 5, 10, 30, tzinfo=UTC), date(2030, 12, 4)),
        ("Europe/London", datetime(2030, 7, 5, 23, 30, tzinfo=UTC), date(2030, 7, 6)),
    ],
)
def test_a_period_is_of_days_where_the_event_is(zone, start, day):
    named("late", time_zone=zone, starts_at=start)
    assert titles(start_date=day, end_date=day) == ["late"]
    assert titles(end_date=day) == titles(start_date=day) == ["late"]
    assert titles(end_date=day - timedelta(days=1)) == titles(start_date=day + timedelta(days=1)) == []


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_time_are_no_trouble(day):
    named("now")
    assert titles(start_date=day, end_date=day) == []


def test_each_word_begins_a_word_of_what_the_event_is_called():
    event = named(
        "Café Owambe",
        description="Amapiano till dawn",
        venue=make_venue(name="Balmoral Centre", city="Ibadan"),
        organizer=make_organizer(name="Kúlé Events"),
        category_id=4,
    )
    named("Another")
    for words in ("cafe", "OWA", "amapi", "balm", "ibad", "kule", "food", "dri owa dawn", "owambe café"):
        assert titles(search=words) == [event.title], words
    for words in ("mapiano", "owambe jazz", "!!!", "zzz"):
        assert titles(search=words) == [], words


def test_common_and_rare_words_find_the_same(monkeypatch):
    organizer = make_organizer(name="Kulture")
    for number in range(6):
        city = "Lagos" if number % 2 else "Abuja"
        named(f"Jazz night {number}", venue=make_venue(city=city), organizer=organizer)
    expected = ["Jazz night 1", "Jazz night 3", "Jazz night 5"]
    assert titles(search="jazz lagos") == expected
    monkeypatch.setattr(listing, "COUNTED", 2)
    found = Listing(Filters(search="jazz lagos"))
    assert (found.count(), [event.title for event in found[0:2]]) == (2, expected[:2])
    assert titles(search="jazz 3") == ["Jazz night 3"]


def test_large_numbers_are_counted_once_in_a_while(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(listing, "COUNTED", 2)
    cache.clear()
    for number in range(4):
        named(str(number))
    assert Listing(Filters()).count() == 4
    named("one more")
    with django_assert_num_queries(1):
        assert Listing(Filters()).count() == 4
    assert Listing(Filters(search="one")).count() == 1
    cache.clear()
    assert Listing(Filters()).count() == 5


def test_a_search_takes_five_queries_however_many_words(django_assert_max_num_queries):
    Category.objects.all()
    named("Chess and poetry and jazz")
    found = Listing(Filters(search="chess poetry jazz lagos music", city="lagos", category_id=1))
    with django_assert_max_num_queries(5):
        assert found.count() == 1
        assert [event.favorite_count for event in found[0:20]] == [0]
    assert Event.objects.count() == 1
