"""What the catalogue says about an event."""

from datetime import UTC, datetime

import pytest

from accounts.tests.factories import UserFactory
from events.api.catalogue.shapes import EventShape, TicketTypeShape
from events.models import Event, Favorite, Quota
from events.tests.factories import make_event, make_type, make_venue

pytestmark = pytest.mark.django_db


def shown(event):
    return EventShape.of(Event.objects.with_details().get(pk=event.pk))


def test_times_carry_the_offset_of_the_event_and_moments_are_utc():
    event = make_event(
        {"sale_starts_at": datetime(2030, 1, 1, 8, tzinfo=UTC)},
        starts_at=datetime(2030, 12, 5, 22, 30, tzinfo=UTC),
        ends_at=datetime(2030, 12, 6, 2, tzinfo=UTC),
    )
    answer = shown(event)
    assert (answer["start_datetime"], answer["end_datetime"]) == (
        "2030-12-05T23:30:00+01:00",
        "2030-12-06T03:00:00+01:00",
    )
    assert answer["tickets"][0]["sale_start_date"] == "2030-01-01T08:00:00Z"
    assert answer["created_at"].endswith("Z")


def test_what_is_unknown_is_null():
    answer = shown(make_event({"price": "0"}))
    nulls = {"image_url", "external_url", "refund_policy"}
    assert {key for key, value in answer.items() if value is None} == nulls
    assert answer["venue"]["coordinates"] is None
    assert answer["organizer"]["phone"] is None
    assert answer["category"]["icon"] is None
    assert answer["tickets"][0]["description"] is None
    assert answer["tickets"][0]["sale_end_date"] is None
    assert answer["is_free"] is True


def test_a_venue_on_the_map_says_where():
    answer = shown(make_event(venue=make_venue(latitude="6.5244", longitude="3.3792")))["venue"]
    assert answer["coordinates"] == {"lat": 6.5244, "lng": 3.3792}
    assert (answer["latitude"], answer["longitude"]) == (6.5244, 3.3792)


def test_the_total_of_a_shared_quota_is_what_is_sold_and_what_can_be_had():
    event = make_event()
    shared = Quota.objects.create(event=event, name="Hall", size=10, taken=7)
    kind = make_type(event, quantity=8, shared=shared)
    Quota.objects.filter(pk=kind.quota_id).update(taken=4)
    (answer,) = shown(event)["tickets"]
    assert (answer["quantity_available"], answer["quantity_sold"], answer["is_available"]) == (7, 4, True)
    Quota.objects.filter(pk=shared.pk).update(taken=10)
    (answer,) = shown(event)["tickets"]
    assert (answer["quantity_available"], answer["quantity_sold"], answer["is_available"]) == (4, 4, False)


def test_a_hidden_type_is_not_shown_and_drafts_sell_nothing():
    event = make_event({}, {"is_hidden": True}, status="draft")
    (answer,) = shown(event)["tickets"]
    assert answer["is_available"] is False


def test_favourites_are_counted_and_details_take_two_queries(django_assert_num_queries):
    events = [make_event({}, {}) for _ in range(3)]
    for _ in range(2):
        Favorite.objects.create(user=UserFactory(), event=events[0])
    with django_assert_num_queries(2):
        answers = EventShape.all(Event.objects.with_details().order_by("pk"))
    assert [answer["favorite_count"] for answer in answers] == [2, 0, 0]
    assert [len(answer["tickets"]) for answer in answers] == [2, 2, 2]


def test_a_type_answers_with_the_keys_of_the_contract():
    event = make_event({"price": "2500"})
    assert list(TicketTypeShape.of(event.ticket_types.with_quotas().get())) == [
        "id",
        "event_id",
        "name",
        "description",
        "price",
        "quantity_available",
        "quantity_sold",
        "is_available",
        "sale_start_date",
        "sale_end_date",
        "max_per_order",
    ]
