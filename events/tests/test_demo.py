"""The demo's events: made once, kept ever after."""

import pytest
from django.core.management import call_command

from accounts.models import User
from events.models import Event, Organizer, Quota, Ticket
from events.tests.clients import EventsClient, events_client

pytestmark = pytest.mark.django_db


def test_it_makes_events_of_all_kinds_once():
    call_command("load_demo")
    events = Event.objects.published()
    assert events.count() >= 30 and events.values("city").distinct().count() >= 8
    assert set(events.values_list("category", flat=True)) == set(range(1, 11))
    listed = EventsClient().get("events?limit=100").json()["events"]
    assert {event["is_free"] for event in listed} == {True, False}
    assert {event["event_type"] for event in listed} == {"live", "online", "hybrid"}
    assert any(event["is_featured"] for event in listed) and any(len(event["tickets"]) == 2 for event in listed)
    sold_out = [event for event in listed if not any(kind["is_available"] for kind in event["tickets"])]
    assert len(sold_out) == 1 and Ticket.objects.filter(event=sold_out[0]["id"]).count() == 4
    assert Quota.objects.filter(name="Places").count() == 2
    before = [list(model.objects.values()) for model in (Event, Organizer, Quota, Ticket)]
    call_command("load_demo")
    assert [list(model.objects.values()) for model in (Event, Organizer, Quota, Ticket)] == before


def test_the_partner_and_the_scanner_work_for_its_organizer():
    call_command("load_demo")
    organizer = Organizer.objects.verified().get()
    assert sorted(organizer.memberships.values_list("user__email", "role")) == [
        ("partner@example.com", "owner"),
        ("scanner@example.com", "scanner"),
    ]
    partner = User.objects.get(email="partner@example.com")
    assert partner.check_password("Demo-pass-1!")
    event = Event.objects.published().first()
    assert events_client(partner).patch(f"events/{event.pk}", {"title": "Other"}).status_code == 200
