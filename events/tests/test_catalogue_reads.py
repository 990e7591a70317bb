"""Reading the catalogue over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from core.testing.races import race
from events import searching
from events.models import Event, Favorite
from events.tests.clients import EventsClient, WebClient, events_client
from events.tests.factories import make_event, make_organizer, make_venue, member_of

pytestmark = pytest.mark.django_db

KEYS = [
    "id",
    "title",
    "description",
    "category_id",
    "venue_id",
    "organizer_id",
    "start_datetime",
    "end_datetime",
    "image_url",
    "is_free",
    "status",
    "event_type",
    "external_url",
    "created_at",
    "updated_at",
    "venue",
    "organizer",
    "category",
    "tickets",
    "favorite_count",
    "time_zone",
    "is_featured",
    "refund_policy",
]


def indexed(**fields):
    event = make_event({}, **fields)
    searching.index([event])
    return event


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [event["id"] for event in answer.json()["events"]]


def test_a_list_is_enveloped_and_named():
    event = indexed()
    answer = EventsClient().get("events?limit=5").json()
    assert set(answer) == {"success", "data", "message", "events", "total", "skip", "limit"}
    assert answer["data"]["pagination"] == {"page": 1, "limit": 5, "total": 1, "pages": 1}
    assert answer["events"] == answer["data"]["items"]
    assert set(answer["events"][0]) == set(KEYS)
    one = EventsClient().get(f"events/{event.pk}").json()
    assert one["data"] == answer["events"][0] and set(one) == {*KEYS, "success", "data", "message"}


@pytest.mark.parametrize("client", [EventsClient, WebClient])
def test_filters_come_from_the_query(client):
    lagos = indexed(title="Lagoon jazz", category_id=1)
    free = make_event({"price": "0"}, title="Free chess", category_id=2, event_type="online")
    searching.index([free])
    api = client()
    day = lagos.start_day
    for query, found in {
        "": [lagos, free],
        "?city=LAGOS&category_id=1": [lagos],
        "?is_free=true": [free],
        "?is_free=false": [lagos],
        "?is_free=&city=&category_id=&q=&start_date=": [lagos, free],
        "?event_type=online": [free],
        "?search=jazz": [lagos],
        "?q=che": [free],
        f"?start_date={day}&end_date={day}": [lagos, free],
        f"?end_date={day - timedelta(days=1)}": [],
        "?nonsense=1&page=x&limit=-1": [lagos, free],
        "?skip=1&limit=1": [free],
        "?page=9": [],
    }.items():
        assert ids(api.get(f"events{query}")) == [event.pk for event in found], query
    assert ids(api.get("events/search?q=jazz lag")) == [lagos.pk]


@pytest.mark.parametrize(
    "query",
    [
        "category_id=x",
        "category_id=0",
        "category_id=99999999999999999999",
        "is_free=yes",
        "event_type=party",
        "start_date=tomorrow",
        "start_date=2026-13-01",
        "end_date=10000-01-01",
        "city=" + "x" * 101,
        "q=" + "x" * 201,
        "city=a%00b",
    ],
)
def test_what_makes_no_sense_is_400(query):
    for path in ("events", "events/search"):
        answer = EventsClient().get(f"{path}?{query}")
        assert answer.status_code == 400, answer.content
        assert answer.json()["error"]["code"] == "VALIDATION_ERROR"


@pytest.mark.parametrize(
    "query", ["q=%F0%9F%8E%B7", "q=%ED%A0%80", "q=%25_%27--", "q=" + "a+" * 99, "city=%F0%9F%8E%B7"]
)
def test_strange_words_find_nothing(query):
    indexed()
    assert ids(EventsClient().get(f"events/search?{query}")) == []


def test_featured_and_upcoming():
    now = timezone.now()
    running = indexed(starts_at=now - timedelta(hours=1), is_featured=True)
    soon = indexed(starts_at=now + timedelta(hours=1))
    later = indexed(starts_at=now + timedelta(hours=2), is_featured=True)
    assert ids(EventsClient().get("events/featured")) == [running.pk, later.pk]
    assert ids(EventsClient().get("events/upcoming?limit=1")) == [soon.pk]


def test_a_draft_is_shown_to_members_alone():
    organizer = make_organizer()
    draft = make_event(organizer=organizer, status="draft")
    assert events_client(member_of(organizer, "scanner")).get(f"events/{draft.pk}").status_code == 200
    for api in (EventsClient(), events_client(UserFactory()), events_client(member_of(make_organizer()))):
        answer = api.get(f"events/{draft.pk}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
        assert ids(api.get("events")) == []


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.0", "99999999999999999999999"])
def test_what_is_no_id_is_404(number):
    for path in ("events", "venues", "categories", "organizers"):
        assert EventsClient().get(f"{path}/{number}").status_code == 404


def test_categories_venues_and_organizers():
    api = EventsClient()
    categories = api.get("categories").json()
    assert [row["id"] for row in categories["categories"]] == list(range(1, 11))
    assert categories["limit"] == 100 and categories["categories"][0]["slug"] == "music"
    venue = make_venue(capacity=300)
    assert api.get("venues").json()["venues"] == [api.get(f"venues/{venue.pk}").json()["data"]]
    verified, young = make_organizer(phone="1"), make_organizer(verified=False)
    assert [row["id"] for row in api.get("organizers").json()["organizers"]] == [verified.pk]
    assert api.get(f"organizers/{young.pk}").status_code == 404
    assert events_client(member_of(young)).get(f"organizers/{young.pk}").json()["is_verified"] is False


def test_favourites_are_ones_own(user):
    first, second = indexed(), indexed()
    api = events_client(user)
    made = [api.post("favorites", {"event_id": event.pk}) for event in (first, second, first)]
    assert [answer.status_code for answer in made] == [201, 201, 200]
    assert made[0].json()["id"] == made[2].json()["id"]
    listed = api.get("favorites").json()
    assert [row["event_id"] for row in listed["favorites"]] == [second.pk, first.pk]
    assert listed["favorites"][0]["event"]["favorite_count"] == 1
    bare = WebClient().login_as(user).get("favorites").json()
    assert bare == listed["favorites"]
    assert WebClient().get("favorites").json() == [] and EventsClient().get("favorites").json()["favorites"] == []
    other = events_client(UserFactory())
    mine = Favorite.objects.filter(user=user).first()
    assert other.delete(f"favorites/{mine.pk}").status_code == 404
    assert api.delete(f"favorites/{mine.pk}").json()["data"] == {}
    assert api.delete(f"favorites/{mine.pk}").status_code == 404


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_eight_clicks_are_one_favourite(user):
    api = events_client(user)
    for _ in range(20):
        event = make_event()
        assert api.get(f"events/{event.pk}").json()["favorite_count"] == 0
        answers = race([lambda e=event: api.post("favorites", {"event_id": e.pk})] * 8)
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert {answer.json()["id"] for answer in answers} == {Favorite.objects.get(event=event).pk}


@pytest.mark.parametrize("value", [None, "1", 1.0, True, [], {}, 0, -1, 2**63])
def test_a_favourite_of_nonsense_is_refused(user, value):
    assert events_client(user).post("favorites", {"event_id": value}).status_code == 400


def test_a_favourite_of_what_is_not_there_is_404(user):
    draft = make_event(status="draft")
    for event_id in (draft.pk, 2**40):
        assert events_client(user).post("favorites", {"event_id": event_id}).status_code == 404
    assert EventsClient().post("favorites", {"event_id": draft.pk}).status_code == 401


def test_reads_take_few_queries_however_many_rows(user, django_assert_max_num_queries):
    api = events_client(user)
    for rows in (1, 3):
        while Event.objects.count() < rows:
            event = indexed(title="Chess night")
            Favorite.objects.create(user=user, event=event)
        for path, most in {
            "events?city=lagos": 6,
            f"events/{event.pk}": 5,
            "events/search?q=chess+night+lagos+music": 7,
            "favorites": 8,
        }.items():
            with django_assert_max_num_queries(most):
                answer = api.get(path)
            assert answer.json().get("total", rows) == rows
