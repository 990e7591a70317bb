"""Writing events over the API: who may, what is refused, and that nothing else changes."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from events.models import Event, Organizer, Quota, TicketType, Venue
from events.tests.clients import EventsClient, events_client
from events.tests.factories import make_event, make_organizer, make_venue, member_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def organizer():
    return make_organizer()


@pytest.fixture
def api(organizer):
    return events_client(member_of(organizer))


def body(**more):
    return {
        "title": "Jazz by the Lagoon",
        "description": "Three bands and the sea",
        "category_id": 1,
        "venue": {"name": "Eko Hall", "city": "Lagos", "latitude": 6.52443112, "longitude": 3},
        "start_datetime": "2030-12-05T23:30:00",
        "end_datetime": "2030-12-06T03:00:00",
        "tickets": [{"name": "Regular", "price": 5000, "quantity": 200}],
        **more,
    }


def rows():
    return [list(model.objects.order_by("pk").values()) for model in (Event, TicketType, Quota, Venue, Organizer)]


def test_an_event_is_made_shown_and_published(api):
    answer = api.post("events", body(refund_policy={"until_hours": 24, "percent": 100}, unknown=1))
    assert answer.status_code == 201, answer.content
    event = answer.json()["data"]
    assert event["status"] == "draft" and event["time_zone"] == "Africa/Lagos"
    assert (event["start_datetime"], event["end_datetime"]) == (
        "2030-12-05T23:30:00+01:00",
        "2030-12-06T03:00:00+01:00",
    )
    assert event["venue"]["coordinates"] == {"lat": 6.524431, "lng": 3.0}
    assert event["tickets"][0]["quantity_available"] == 200 and event["tickets"][0]["price"] == 5000
    assert event["refund_policy"] == {"until_hours": 24, "percent": 100}
    published = api.post(f"events/{event['id']}/publish")
    assert (published.status_code, published.json()["status"]) == (200, "published")
    (found,) = EventsClient().get("events?start_date=2030-12-05&end_date=2030-12-05").json()["events"]
    assert found["tickets"][0]["is_available"] is True


def test_status_in_a_put_publishes_and_cancels(api):
    event = api.post("events", body()).json()["id"]
    assert api.put(f"events/{event}", {"status": "published"}).json()["status"] == "published"
    assert api.put(f"events/{event}", {"status": "cancelled"}).json()["status"] == "cancelled"
    again = api.put(f"events/{event}", {"status": "published"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "WRONG_STATUS")
    assert api.post(f"events/{event}/cancel", {"reason": "Rain"}).status_code == 200


def test_an_event_that_is_sent_back_as_it_was_read_stays(api):
    event = api.post("events", body(image_url="https://cdn.platng.com/a.jpg")).json()["data"]
    before = rows()
    answer = api.put(f"events/{event['id']}", event)
    assert answer.status_code == 200
    assert {**answer.json()["data"], "updated_at": ""} == {**event, "updated_at": ""}
    assert [len(part) for part in rows()] == [len(part) for part in before]


def test_patch_changes_what_is_given(api):
    event = api.post("events", body(image_url="https://images.unsplash.com/x?w=1")).json()["id"]
    answer = api.patch(f"events/{event}", {"title": "Other", "image_url": None, "refund_policy": None}).json()
    assert (answer["title"], answer["image_url"], answer["description"]) == ("Other", None, "Three bands and the sea")


def test_ticket_types_have_routes_of_their_own(api):
    event = api.post("events", body()).json()["id"]
    ignored = api.put(f"events/{event}", {"tickets": []}).json()
    assert len(ignored["tickets"]) == 1
    made = api.post(
        f"events/{event}/ticket-types",
        {"name": "VIP", "price": 20000, "quantity_available": 10, "sale_start_date": "2030-11-01T00:00:00"},
    )
    assert made.status_code == 201
    assert made.json()["sale_start_date"] == "2030-10-31T23:00:00Z"
    kind = made.json()["id"]
    changed = api.patch(f"ticket-types/{kind}", {"quantity": 20, "sale_start_date": None, "description": "Front row"})
    assert changed.json()["data"] == {
        **made.json()["data"],
        "quantity_available": 20,
        "sale_start_date": None,
        "description": "Front row",
    }
    Quota.objects.filter(ticket_type=kind).update(taken=11)
    for change in ({"quantity": 10}, {"price": 1}):
        refused = api.patch(f"ticket-types/{kind}", change)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "CONFLICT")
    assert api.delete(f"ticket-types/{kind}").status_code == 409
    Quota.objects.filter(ticket_type=kind).update(taken=0)
    assert api.delete(f"ticket-types/{kind}").json()["data"] == {}
    assert api.delete(f"ticket-types/{kind}").status_code == 404


def test_types_of_one_quota_share_its_size(api):
    hall = {"name": "Hall", "size": 100}
    kinds = [{"name": name, "price": 1, "quantity": 80, "quota": hall} for name in ("A", "B")]
    assert api.post("events", body(tickets=kinds)).status_code == 201
    assert Quota.objects.filter(name="Hall").count() == 1
    kinds[1]["quota"] = {"name": "Hall", "size": 99}
    assert api.post("events", body(tickets=kinds)).json()["error"]["details"]["field"] == "tickets[1].quota"


def test_deleting_answers_with_the_event(api):
    event = api.post("events", body()).json()["data"]
    answer = api.delete(f"events/{event['id']}")
    assert (answer.status_code, answer.json()["data"]) == (200, event)
    assert api.delete(f"events/{event['id']}").status_code == 404


WRITES = [
    ("PUT", "events/{event}", {"title": "Stolen"}),
    ("PATCH", "events/{event}", {"status": "cancelled"}),
    ("DELETE", "events/{event}", {}),
    ("POST", "events/{event}/publish", {}),
    ("POST", "events/{event}/cancel", {}),
    ("POST", "events/{event}/ticket-types", {"name": "x", "price": 0, "quantity": 1}),
    ("PATCH", "ticket-types/{kind}", {"price": 1}),
    ("DELETE", "ticket-types/{kind}", {}),
]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize(("status", "refusal"), [("draft", 404), ("published", 403)])
def test_another_organizers_event_is_left_alone(write, status, refusal, organizer):
    method, path, data = write
    event = make_event({}, {}, status=status)
    path = path.format(event=event.pk, kind=event.ticket_types.first().pk)
    askers = (
        (EventsClient(), 401),
        (events_client(UserFactory()), refusal),
        (events_client(member_of(organizer)), refusal),
        (events_client(member_of(event.organizer, "scanner")), 403),
    )
    before = rows()
    for api, expected in askers:
        assert api.generic(method, path, data).status_code == expected
    assert rows() == before


@pytest.mark.parametrize(("method", "path", "data"), WRITES)
def test_a_manager_does_what_the_owner_does(method, path, data):
    event = make_event({}, {})
    path = path.format(event=event.pk, kind=event.ticket_types.first().pk)
    answer = events_client(member_of(event.organizer, "manager")).generic(method, path, data)
    assert answer.status_code in (200, 201), answer.content


def test_only_verified_organizers_hold_events():
    founder = UserFactory()
    api = events_client(founder)
    assert api.post("events", body()).status_code == 403
    made = api.post("organizers", {"name": "Lagoon Events", "email": "Hello@Example.com", "phone": None})
    assert made.status_code == 201
    assert {**made.json()["data"], "id": 0} == {
        "id": 0,
        "name": "Lagoon Events",
        "email": "hello@example.com",
        "phone": None,
        "logo_url": None,
        "is_verified": False,
    }
    assert api.post("events", body()).status_code == 403 and api.post("events", {}).status_code == 403
    Organizer.objects.update(verified_at=timezone.now())
    assert api.post("events", body()).json()["organizer_id"] == made.json()["id"]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"time_zone": "Europe/London", "start_datetime": "2030-07-05T18:00:00"}, "2030-07-05T18:00:00+01:00"),
        ({"time_zone": "Europe/London", "start_datetime": "2030-12-05T18:00"}, "2030-12-05T18:00:00+00:00"),
        ({"start_datetime": "2030-12-05T18:00:00Z"}, "2030-12-05T19:00:00+01:00"),
        ({"start_datetime": "2030-12-05T18:00:00.9-05:00"}, "2030-12-06T00:00:00+01:00"),
        ({"time_zone": "Europe/London", "start_datetime": "2030-10-27T01:30:00"}, "2030-10-27T01:30:00+01:00"),
    ],
)
def test_a_time_without_an_offset_is_one_of_the_zone(api, times, expected):
    answer = api.post("events", body(end_datetime="2031-01-01T00:00:00Z", **times))
    assert answer.json().get("start_datetime") == expected, answer.content


def test_a_time_that_no_clock_shows_is_refused(api):
    answer = api.post("events", body(time_zone="Europe/London", start_datetime="2030-03-31T01:30:00"))
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (400, "start_datetime")


def test_a_later_time_without_an_offset_is_of_the_events_zone(api):
    event = api.post("events", body(time_zone="Asia/Tokyo")).json()["id"]
    answer = api.patch(f"events/{event}", {"start_datetime": "2030-12-05T10:00:00"})
    assert answer.json()["start_datetime"] == "2030-12-05T10:00:00+09:00"


TEXTS = ("title", "description", "image_url", "external_url", "time_zone", "event_type", "start_datetime")
DEEP = json.loads('{"a":' * 100 + "1" + "}" * 100)
PICTURES = (
    *("file:///etc/passwd", "http://cdn.platng.com/a.jpg", "https://evil.example/a.jpg", "javascript:alert(1)"),
    *("https://cdn.platng.com.evil.example/a", "https://cdn.platng.com@evil.example/a", "//cdn.platng.com/a"),
    *("https://evil.example/https://cdn.platng.com/a", "https://amazonaws.com/a", "https://xamazonaws.com/a"),
    *("https://cdn.platng.com\\@evil.example/", "https://cdn.platng.com/a b", "https://cdn.platng.com/<script>"),
    *("https://cdn.platng.com:8443/a", "https://user@cdn.platng.com/a", "https://cdn.platng.com/a\n"),
)
BAD = [
    *((name, value) for name in TEXTS for value in (1, True, [], {}, DEEP, "a\0b", "x" * 20_000)),
    *((name, value) for name in ("title", "time_zone", "event_type", "start_datetime") for value in (None, "")),
    *(("image_url", value) for value in PICTURES if value.strip() == value),
    *(("external_url", value) for value in ("ftp://x.example", "javascript:alert(1)", "x", "https://")),
    *(("time_zone", value) for value in ("Mars/Base", "../../etc/passwd", "africa/lagos ", "+01:00")),
    *(("start_datetime", value) for value in ("tomorrow", "2030-13-01T00:00:00", "0001-01-01T00:00:00+14:00")),
    *(("start_datetime", value) for value in ("9999-12-31T23:59:59-14:00", "2031-01-01T00:00:00", "12:00")),
    *((name, value) for name in ("category_id", "venue_id") for value in ("1", 1.0, True, None, 0, 2**63, 2**40)),
    *(("refund_policy", value) for value in (1, [], {}, {"until_hours": 1}, {"until_hours": -1, "percent": 5})),
    *(("refund_policy", {"until_hours": 1, "percent": value}) for value in (0, 101, "50", 1.5, None)),
    *(("venue", value) for value in (None, 1, [], {}, {"name": "x"}, {"name": "x", "city": "y", "capacity": 0})),
    *(("venue", {"name": "x", "city": "y", "latitude": value, "longitude": 1}) for value in ("1", 91, True, None)),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_by_name_and_changes_nothing(api, organizer, name, value):
    event = make_event({}, organizer=organizer)
    before = rows()
    for method, path, data in (
        ("POST", "events", body(**{name: value})),
        ("PATCH", f"events/{event.pk}", {name: value}),
    ):
        if (method, value) == ("PATCH", "2031-01-01T00:00:00"):
            continue
        answer = api.generic(method, path, data)
        refusal = answer.json()
        assert (answer.status_code, refusal["error"]["code"]) == (400, "VALIDATION_ERROR"), (method, refusal)
        assert refusal["error"]["details"]["field"].startswith((name, "end_datetime")), refusal
    assert rows() == before


BAD_TICKETS = [
    *(("name", value) for value in (None, "", 1, "x" * 101, "a\0b")),
    *(("price", value) for value in (None, "5000", True, -1, 0.5, 10**30, 1e300, 50_000_001, [])),
    *(("quantity", value) for value in (None, "1", 1.0, True, 0, -1, 10**30)),
    *(("max_per_order", value) for value in (None, 0, 101, "1", True)),
    *(("sale_start_date", value) for value in (1, "", "never", "0001-01-01T00:00:00Z")),
    *(("quota", value) for value in (1, [], {}, {"name": "x"}, {"name": "", "size": 1}, {"name": "x", "size": 0})),
    ("sale_end_date", "2029-01-01T00:00:00"),
]


@pytest.mark.parametrize(("name", "value"), BAD_TICKETS)
def test_a_bad_ticket_type_is_refused_everywhere(api, organizer, name, value):
    event = make_event({"sale_starts_at": timezone.now() + timedelta(days=3650)}, organizer=organizer)
    good = {"name": "Regular", "price": 5000, "quantity": 10, "sale_start_date": "2029-02-01T00:00:00"}
    before = rows()
    for method, path, data in (
        ("POST", "events", body(tickets=[{**good, name: value}])),
        ("POST", f"events/{event.pk}/ticket-types", {**good, name: value}),
        ("PATCH", f"ticket-types/{event.ticket_types.get().pk}", {name: value}),
    ):
        answer = api.generic(method, path, data)
        assert answer.status_code == 400, (method, answer.content)
        assert name in answer.json()["error"]["details"]["field"]
    assert rows() == before


@pytest.mark.parametrize("tickets", [None, 1, "x", {}, [None], [[]], [1], [{}] * 51])
def test_tickets_are_a_list_of_objects(api, tickets):
    assert api.post("events", body(tickets=tickets)).status_code == 400


def test_the_largest_values_fit(api):
    kind = {"name": "🎷" * 100, "price": 50_000_000, "quantity": 1_000_000, "description": "日" * 500}
    made = api.post(
        "events",
        body(
            title="🎷" * 200,
            description="🎷 " * 4_999,
            venue={"name": "日" * 150, "city": "ß" * 100, "address": "🎷" * 300, "capacity": 1_000_000},
            image_url="https://bucket.s3.amazonaws.com/" + "x" * 400,
            tickets=[kind] * 50,
        ),
    )
    assert made.status_code == 201, made.content
    assert api.patch(f"events/{made.json()['id']}", {"description": "wörd " * 2_000}).status_code == 200
    more = {"name": "x", "price": 1, "quantity": 1}
    refused = api.post(f"events/{made.json()['id']}/ticket-types", more)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "LIMIT_REACHED")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "x"),
        ("name", None),
        ("name", "x" * 151),
        ("email", "x"),
        ("email", 1),
        ("phone", 1),
        ("phone", "1" * 41),
    ],
)
def test_a_bad_organizer_is_refused(api, name, value):
    answer = api.post("organizers", {"name": "Lagoon", "email": "a@example.com", name: value})
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (400, name)


def test_another_venue_of_the_list_will_do(api):
    venue = make_venue(name="Somebody's", city="Jos")
    assert api.post("events", body(venue_id=venue.pk)).json()["venue"]["name"] == "Somebody's"
