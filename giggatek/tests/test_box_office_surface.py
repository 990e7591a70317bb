"""The box office from outside: whoever asks whatever of any of its calls gets an answer in the contract's form."""

import json
from urllib.parse import quote_from_bytes

import pytest
from django.db import transaction

from core.testing.declared import operations
from events.api.face import EVENTS
from events.tests.factories import make_event, make_organizer
from giggatek.tests.route_table import ROWS, skeleton
from giggatek.tests.world import ask, bodies, client_for, path_for

pytestmark = pytest.mark.django_db

ALLOWED, FOREIGN = "http://localhost:3000", "http://evil.example"
CALLS = [row for row in ROWS if row.path.startswith(f"{EVENTS.mounts[0]}/")]
READS = [row for row in CALLS if row.method == "GET"]
PAGING = ("page", "limit", "skip")
JUNK = [
    b"", b"0", b"-1", b"1.5", b"1e400", b"9" * 30, b"9" * 5000, b"true", b"null", b"[]", b"x" * 5000, b"\x00",
    b"a\x00b", b"\xed\xa0\x80", b"\xff\xfe", "👩🏽‍🚀".encode(), "٣".encode(), b"%", b"'; --", b"0000-00-00",
    b"2026-02-30", b"9999-12-31", b"0001-01-01", b"2026-W01-1", b"20261205",
]  # fmt: skip


def named(row):
    return f"{row.method} {row.path} {row.body}"


def undone(asking):
    """An answer; what was changed on the way is undone."""
    with transaction.atomic():
        answer = asking()
        transaction.set_rollback(True)
    return answer


def complaint(answer):
    """What is wrong with an answer, or an empty text."""
    if answer.status_code < 400:
        return ""
    if answer.status_code >= 500 or "json" not in answer["Content-Type"]:
        return f"{answer.status_code} {answer['Content-Type']}: {answer.content[:200]!r}"
    body = answer.json()
    right = body["success"] is False and body["status"] == answer.status_code and body["error"]["code"].isupper()
    return "" if right and body["message"] == body["error"]["message"] else f"not in form: {body}"


def names_of(row):
    """The names that a call reads from the query, by the document, and those of pages."""
    call = operations(EVENTS).get((row.method, skeleton(row.path)), {})
    declared = [one["name"] for one in call.get("parameters", ()) if one["in"] == "query"]
    return sorted({*declared, *PAGING})


@pytest.mark.parametrize("row", READS, ids=named)
def test_whatever_a_query_holds_is_answered(world, row, settings):
    settings.EVENTS_THROTTLE_ANON = settings.EVENTS_THROTTLE_USER = "100000/min"
    api, path = client_for(world, row.best_role), path_for(world, row.path)
    wrong = [
        (name, junk[:40], found)
        for name in names_of(row)
        for junk in JUNK
        if (found := complaint(api.get(f"{path}?{name}={quote_from_bytes(junk)}")))
    ]
    assert wrong == []


@pytest.mark.parametrize("row", READS, ids=named)
def test_head_says_what_get_would_and_shows_nothing(world, row):
    api, path = client_for(world, row.best_role), path_for(world, row.path)
    shown, head = api.get(path), api.head(path)
    assert (head.status_code, head.content) == (shown.status_code, b"")
    assert head["Content-Type"] == shown["Content-Type"]


@pytest.mark.parametrize("row", CALLS, ids=named)
def test_pages_of_the_client_may_read_every_answer_and_others_none(world, row):
    """Under both mounts, refusals too: the body is empty, and a stranger asks."""
    api = client_for(world, "anonymous")
    for mount in EVENTS.mounts:
        url = path_for(world, row.path).replace(EVENTS.mounts[0], mount, 1)
        shown, hidden = (
            undone(lambda: api.generic(row.method, url, HTTP_ORIGIN=origin))  # noqa: B023  (it is called at once)
            for origin in (ALLOWED, FOREIGN)
        )
        assert shown["Access-Control-Allow-Origin"] == ALLOWED
        assert shown["Access-Control-Allow-Credentials"] == "true"
        assert "origin" in shown["Vary"].lower()
        assert "Access-Control-Allow-Origin" not in hidden


@pytest.mark.parametrize("mount", [*EVENTS.mounts, "/events"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "rest",
    ["", "/", "//", "/nope", "/nope/", "/events//", "/orders/1/refunds", "/schema/x", "/%F0%9F%92%A5", "/auth"],
)  # fmt: skip
def test_what_is_no_address_is_404_in_the_contracts_form(client, mount, method, rest):
    answer = client.generic(method, f"{mount}{rest}", b"{}", content_type="application/json")
    assert (answer.status_code, complaint(answer)) == (404, "")


FOREIGN_THINGS = [
    ("GET", "events/{draft}", None),
    ("PATCH", "events/{draft}", {"title": "Mine now"}),
    ("POST", "events/{draft}/publish", None),
    ("POST", "events/{draft}/cancel", {"reason": "Rain"}),
    ("DELETE", "events/{draft}", None),
    ("GET", "partners/events/{event}/statement", None),
    ("GET", "partners/events/{event}/statement.csv", None),
    ("GET", "partners/events/{event}/statement.pdf", None),
    ("GET", "partners/events/{event}/attendees.csv", None),
    ("POST", "check-in/lists/{event}/scan", {"code": "x", "scan_id": "1"}),
    ("POST", "check-in/lists/{event}/sync", {"scans": []}),
    ("POST", "check-in/lists/{event}/undo", {"user_ticket_id": 1, "reason": "x"}),
    ("GET", "orders/{ticket_order}", None),
    ("POST", "orders/{ticket_order}/cancel", None),
    ("GET", "orders/{ticket_order}/refund", None),
    ("POST", "orders/{ticket_order}/refund", None),
    ("GET", "orders/{ticket_order}/receipt.pdf", None),
    ("GET", "user/tickets/{ticket}", None),
    ("GET", "user/tickets/{ticket}/ticket.pdf", None),
    ("GET", "user/tickets/{ticket}/qr.png", None),
    ("POST", "user/tickets/{ticket}/transfer", {"email": "a@example.com"}),
    ("DELETE", "favorites/{favorite}", None),
]


@pytest.fixture
def rival(world):
    """The owner of another organizer, which has an event of its own."""
    make_event({}, organizer=make_organizer(owner=world.other))
    return client_for(world, "other")


@pytest.mark.parametrize(("method", "path", "body"), FOREIGN_THINGS, ids=lambda part: str(part)[:50])
def test_what_is_anothers_does_not_exist_for_the_owner_of_another_organizer(world, rival, method, path, body):
    url = path_for(world, f"{EVENTS.mounts[0]}/{path}")
    answer = ask(rival, method, url, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_lists_hold_ones_own(world, rival):
    """They answer 200 to the other owner, too, so what they hold is looked at."""
    mine = {name: rival.get(f"{EVENTS.mounts[0]}/{name}").json() for name in ("orders", "tickets", "check-in/lists")}
    assert {order["user_id"] for order in mine["orders"]["orders"]} <= {world.other.pk}
    assert {ticket["user_id"] for ticket in mine["tickets"]["tickets"]} <= {world.other.pk}
    assert world.event.pk not in [one["id"] for one in mine["check-in/lists"]["lists"]]
    dashboard = rival.get(f"{EVENTS.mounts[0]}/partners/dashboard").json()
    assert world.organizer.pk not in [one["id"] for one in dashboard["organizers"]]
    events = rival.get(f"{EVENTS.mounts[0]}/partners/events").json()["events"]
    assert world.event.pk not in [one["id"] for one in events]
    assert world.draft.pk not in [one["id"] for one in rival.get(f"{EVENTS.mounts[0]}/events").json()["events"]]
    assert rival.get(f"{EVENTS.mounts[0]}/favorites").json()["favorites"] == []


@pytest.mark.parametrize("row", CALLS, ids=named)
def test_a_token_of_the_shop_opens_nothing_here(world, row):
    """It is 401 wherever a token is read, which is everywhere but where none is needed."""
    shop = client_for(world, "admin").token_for("/api")
    api = client_for(world, "anonymous")
    api.credentials(HTTP_AUTHORIZATION=shop)
    answer = undone(lambda: ask(api, row.method, path_for(world, row.path), bodies(world)[row.body]))
    expected = {401} if row.statuses["anonymous"] == 401 else {401, row.statuses["anonymous"]}
    assert answer.status_code in expected, json.loads(answer.content)
