"""Free places are offered in order, held for 12 hours, and one click leaves."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from core.testing.client import ApiClient
from events.chores import offer_waiting_places
from events.models import WaitingEntry
from events.selling import waiting
from events.selling.errors import SoldOut
from events.signals import waiting_offered
from events.tests.clients import events_client
from events.tests.factories import make_event, make_type
from events.tests.gates import fresh
from events.tests.shop import add_places, order_tickets, places_agree, sell_out, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def kind(settings):
    """A free type of three tickets, all of which are taken."""
    made = make_type(make_event(), quantity=3, price="0")
    sell_out(made)
    return made


@pytest.fixture
def mailed():
    """The tokens that go by mail, by user."""
    tokens = {}

    def listen(entry, token, **_):
        tokens[entry.user] = token

    waiting_offered.connect(listen)
    yield tokens
    waiting_offered.disconnect(listen)


def wait(kind, quantity=1, user=None):
    return waiting.join(user=user or UserFactory(), event_id=kind.event_id, ticket_type_id=kind.pk, quantity=quantity)


def run():
    return list(offer_waiting_places.run())


def statuses(*entries):
    return [fresh(entry).status for entry in entries]


def test_the_first_who_fits_gets_the_offer(kind, mailed):
    four, first, second = wait(kind, 4), wait(kind, 2), wait(kind, 1)
    add_places(kind, 2)
    run()
    assert statuses(four, first, second) == ["waiting", "offered", "waiting"]
    assert set(mailed) == {first.user}
    assert taken(kind) == [5]
    assert fresh(first).offer_until == fresh(first).created_at + timedelta(hours=12)
    run()
    assert statuses(four, first, second) == ["waiting", "offered", "waiting"]
    add_places(kind, 5)
    run()
    assert statuses(four, first, second) == ["offered", "offered", "offered"]
    assert places_agree(kind.event)


def test_an_offer_that_runs_out_goes_to_the_next(kind, mailed, clock):
    first, second = wait(kind), wait(kind)
    add_places(kind, 1)
    run()
    clock.shift(timedelta(hours=12) - timedelta(seconds=1))
    run()
    assert statuses(first, second) == ["offered", "waiting"]
    clock.shift(timedelta(seconds=1))
    run()
    assert statuses(first, second) == ["expired", "offered"]
    assert set(mailed) == {first.user, second.user}
    assert places_agree(kind.event)


def test_the_offered_person_orders_the_places_that_are_held(kind, mailed):
    entry = wait(kind, 2)
    add_places(kind, 2)
    run()
    with pytest.raises(SoldOut):
        order_tickets(kind)
    assert order_tickets(kind, 1, user=entry.user).status == "completed"
    assert statuses(entry) == ["ordered"]
    assert taken(kind) == [4]
    assert places_agree(kind.event)


def test_an_order_that_fails_keeps_the_offer(kind, mailed):
    entry = wait(kind, 1)
    add_places(kind, 1)
    run()
    with pytest.raises(SoldOut):
        order_tickets(kind, 2, user=entry.user)
    assert statuses(entry) == ["offered"]
    assert places_agree(kind.event)


def test_one_click_leaves(kind, mailed):
    entry = wait(kind)
    add_places(kind, 1)
    run()
    path = reverse("leave_waiting_list", args=[mailed[entry.user]])
    browser = ApiClient(enforce_csrf_checks=True)
    looked = browser.get(path)
    assert (looked.status_code, statuses(entry)) == (200, ["offered"])
    assert b"Leave the waiting list?" in looked.content
    for _ in range(2):
        assert browser.post(path).status_code == 200
    assert statuses(entry) == ["left"]
    assert b"<form" not in browser.get(path).content
    assert taken(kind) == [3]
    assert places_agree(kind.event)


def test_a_link_that_is_not_ours_leads_nowhere(kind, mailed):
    entry = wait(kind)
    for token in ("x", entry.token_digest, "%00"):
        for method in (ApiClient().get, ApiClient().post):
            assert method(f"/waiting-list/{token}").status_code == 404
    assert statuses(entry) == ["waiting"]


def test_who_waits_twice_waits_once_and_keeps_the_place(kind):
    user = UserFactory()
    entry, other = wait(kind, 1, user), wait(kind)
    again = wait(kind, 3, user)
    assert (again.pk, fresh(entry).quantity, waiting.position(again), waiting.position(other)) == (entry.pk, 3, 1, 2)
    assert WaitingEntry.objects.count() == 2


def test_when_the_event_begins_or_is_cancelled_nobody_waits_any_more(kind, mailed, clock):
    entry = wait(kind)
    offered = wait(kind)
    add_places(kind, 1)
    run()
    kind.event.move_to("cancelled")
    run()
    assert statuses(entry, offered) == ["expired", "expired"]
    assert taken(kind) == [3]
    other = make_type(make_event(), price="0", quantity=1)
    sell_out(other)
    late = wait(other)
    clock.move_to(other.event.starts_at)
    run()
    assert statuses(late) == ["expired"]


def test_an_offer_ends_before_the_event_begins(mailed, clock):
    kind = make_type(make_event(), price="0", quantity=1)
    sell_out(kind)
    entry = wait(kind)
    add_places(kind, 1)
    clock.move_to(kind.event.starts_at - timedelta(hours=1))
    run()
    assert fresh(entry).offer_until == kind.event.starts_at


def test_the_calls_of_the_waiting_list(kind, user):
    path, client = f"events/{kind.event_id}/waiting-list", events_client(user)
    wait(kind)
    answer = client.post(path, {"ticket_type_id": kind.pk, "quantity": 2})
    entry = WaitingEntry.objects.get(user=user)
    assert (answer.status_code, answer.json()["data"]) == (201, {"id": entry.pk, "position": 2})
    assert client.post(path, {"ticket_id": kind.pk, "quantity": 2}).json()["id"] == entry.pk
    for _ in range(2):
        assert client.delete(path).status_code == 200
    assert statuses(entry) == ["left"]
    assert events_client().post(path, {"ticket_type_id": kind.pk, "quantity": 2}).status_code == 401


def test_bad_entries_are_refused(kind, user, clock):
    path, client = f"events/{kind.event_id}/waiting-list", events_client(user)
    good = {"ticket_type_id": kind.pk, "quantity": 1}
    other = make_type(make_event(), price="0")
    hidden = make_type(kind.event, price="0", is_hidden=True)
    for wrong in (
        {"quantity": 0}, {"quantity": -1}, {"quantity": 11}, {"quantity": "2"}, {"quantity": True}, {"quantity": 1.5},
        {"quantity": None}, {"quantity": 10**30}, {"ticket_type_id": other.pk}, {"ticket_type_id": hidden.pk},
        {"ticket_type_id": "x"}, {"ticket_type_id": 2**70},
    ):  # fmt: skip
        assert client.post(path, {**good, **wrong}).status_code == 400, wrong
    draft = make_event(status="draft")
    for event_id in (draft.pk, 999_999, "x"):
        assert client.post(f"events/{event_id}/waiting-list", good).status_code == 404
        assert client.delete(f"events/{event_id}/waiting-list").status_code == 404
    clock.move_to(kind.event.starts_at)
    assert events_client(user).post(path, good).json()["error"]["code"] == "NOT_ON_SALE"
    assert not WaitingEntry.objects.exists()


def test_nobody_waits_for_what_can_be_bought_unless_others_wait_before(kind, user):
    path, client = f"events/{kind.event_id}/waiting-list", events_client(user)
    add_places(kind, 2)
    refused = client.post(path, {"ticket_type_id": kind.pk, "quantity": 2})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "PLACES_FREE")
    assert not WaitingEntry.objects.exists()
    first = wait(kind, 3)
    assert client.post(path, {"ticket_type_id": kind.pk, "quantity": 2}).json()["position"] == 2
    assert statuses(first) == ["waiting"]
