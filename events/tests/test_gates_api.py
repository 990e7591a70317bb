"""The calls of scanners, as the contract writes them, and what hostile people bring to a gate."""

from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.tests.factories import UserFactory
from events.gate import codes
from events.models import Scan
from events.tests.clients import events_client
from events.tests.factories import make_event, member_of
from events.tests.gates import fresh, hand_over, ticket_of, tickets_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_event(title="Jazz by the Lagoon")


@pytest.fixture
def gate(event):
    return events_client(member_of(event.organizer, "scanner"))


def scan_at(client, event, code, scan_id="one", **more):
    return client.post(f"check-in/lists/{event.pk}/scan", {"code": code, "scan_id": scan_id, **more})


def test_a_scan_as_the_contract_writes_it(event, gate):
    ticket = ticket_of(event=event)
    first = scan_at(gate, event, ticket.code, gate="North").json()["data"]
    assert set(first) == {"scan_id", "result", "ticket", "used_at", "gate"}
    assert (first["result"], first["gate"], first["ticket"]["status"]) == ("admitted", "North", "used")
    assert first["ticket"]["checked_in_at"] == first["used_at"]
    second = scan_at(gate, event, ticket.code, "two", gate="South").json()["data"]
    assert (second["result"], second["gate"], second["used_at"]) == ("already_used", "North", first["used_at"])
    assert second["ticket"]["id"] == ticket.pk


def test_the_same_scan_id_gets_the_same_bytes(event, gate):
    ticket = ticket_of(event=event)
    first = scan_at(gate, event, ticket.code, gate="North")
    assert scan_at(gate, event, ticket.code, gate="North").content == first.content
    assert Scan.objects.count() == 1


def test_unknown_and_foreign_codes_show_no_ticket(event, gate):
    other = ticket_of()
    for number, (code, result) in enumerate((("nonsense", "unknown"), (other.code, "wrong_event"))):
        body = scan_at(gate, event, code, str(number)).json()["data"]
        assert (body["result"], body["ticket"], body["used_at"], body["gate"]) == (result, None, None, None)


def test_hostile_codes(event, gate):
    ticket = ticket_of(event=event)
    flipped = ("B" if ticket.code[60] == "A" else "A").join((ticket.code[:60], ticket.code[61:]))
    self_made = urlsafe_b64encode(b"T1" + bytes(94)).decode()
    texts = [flipped, self_made, ticket.code[:-1], ticket.code * 2, "\0" * 128, "🎫", "A" * 200_000]
    for number, code in enumerate(texts):
        answer = scan_at(gate, event, code, str(number))
        assert (answer.status_code, answer.json()["result"]) == (200, "unknown")
    assert scan_at(gate, event, "A" * 10_000_000, "big").status_code == 413
    assert fresh(ticket).status == "active"


@pytest.mark.parametrize(
    "body",
    [
        {}, [], None, {"code": "x"}, {"scan_id": "x"}, {"code": 1, "scan_id": "x"}, {"code": "x", "scan_id": 1},
        {"code": None, "scan_id": "x"}, {"code": "", "scan_id": "x"}, {"code": "x", "scan_id": "x" * 101},
        {"code": "x", "scan_id": "\0"}, {"code": "x", "scan_id": "\ud800"}, {"code": "x", "scan_id": ""},
        {"code": "x", "scan_id": "x", "gate": "x" * 61}, {"code": "x", "scan_id": "x", "gate": {}},
        {"code": "x", "scan_id": "x", "scanned_at": "yesterday"}, {"code": "x", "scan_id": "x", "scanned_at": 1},
        {"code": "x", "scan_id": "x", "scanned_at": "0001-01-01T00:00:00+14:00"},
    ],
)  # fmt: skip
def test_a_bad_scan_is_refused(event, gate, body):
    for path, sent in (("scan", body), ("sync", {"scans": [body]})):
        answer = gate.post(f"check-in/lists/{event.pk}/{path}", sent)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert not Scan.objects.exists()


def test_what_is_null_or_unknown_in_a_scan_is_ignored(event, gate):
    ticket = ticket_of(event=event)
    answer = scan_at(gate, event, ticket.code, gate=None, device=None, scanned_at=None, battery=3)
    assert (answer.json()["result"], answer.json()["gate"]) == ("admitted", None)


def test_another_organizers_list_does_not_exist(event):
    ticket = ticket_of(event=event)
    strangers = [member_of(make_event().organizer), member_of(make_event().organizer, "scanner"), ticket.user]
    for stranger in strangers:
        client = events_client(stranger)
        for path, body in (
            ("scan", {"code": ticket.code, "scan_id": "1"}),
            ("sync", {"scans": []}),
            ("undo", {"user_ticket_id": ticket.pk, "reason": "x"}),
        ):
            assert client.post(f"check-in/lists/{event.pk}/{path}", body).status_code == 404
    assert fresh(ticket).status == "active"


def test_a_draft_has_no_list(gate):
    draft = make_event(status="draft")
    client = events_client(member_of(draft.organizer))
    assert scan_at(client, draft, "x").status_code == 404
    assert client.get("check-in/lists").json()["lists"] == []


def test_lists_count_who_came(event, gate):
    make_event()
    one, _, gone = tickets_of(event=event, quantity=3)
    gone.move_to("cancelled")
    later = make_event(organizer=event.organizer, starts_at=event.starts_at + timedelta(days=1))
    scan_at(gate, event, one.code)
    body = gate.get("check-in/lists").json()
    assert [row["id"] for row in body["lists"]] == [later.pk, event.pk]
    row = body["data"]["items"][1]
    assert (row["event_id"], row["name"], row["total"], row["checked_in"]) == (event.pk, event.title, 2, 1)


@pytest.mark.parametrize("path", ["check-in/lists", "check-in/keys"])
def test_lists_and_keys_are_for_members(path):
    assert events_client().get(path).status_code == 401
    assert events_client(UserFactory()).get(path).status_code == 403


def test_a_scanner_verifies_offline_with_what_the_keys_say(event, gate):
    plain, cancelled, moved = tickets_of(event=event, quantity=3)
    ticket_of().move_to("cancelled")
    cancelled.move_to("cancelled")
    hand_over(moved, UserFactory())
    body = gate.get("check-in/keys").json()["data"]
    (key,) = body["keys"]
    raw = codes.b64decode(plain.code, b"-_")
    assert (raw[2:6].hex(), key["algorithm"]) == (key["id"], "Ed25519")
    Ed25519PublicKey.from_public_bytes(codes.b64decode(key["public_key"])).verify(raw[32:], raw[:32])
    assert body["revoked"] == [
        {"event_id": event.pk, "user_ticket_id": cancelled.pk, "generation": 1},
        {"event_id": event.pk, "user_ticket_id": moved.pk, "generation": 1},
    ]


def test_a_sync_answers_each_scan_and_lists_conflicts(event, gate):
    one, two = tickets_of(event=event, quantity=2)
    scan_at(gate, event, one.code, "online", gate="North")
    now = timezone.now().isoformat()
    scans = [
        {"code": one.code, "scan_id": "a", "gate": "South", "scanned_at": now},
        {"code": two.code, "scan_id": "b", "gate": "South", "scanned_at": now},
        {"code": "?", "scan_id": "c"},
        {"code": two.code, "scan_id": "b"},
    ]
    first = gate.post(f"check-in/lists/{event.pk}/sync", {"scans": scans})
    body = first.json()["data"]
    assert [row["result"] for row in body["results"]] == ["already_used", "admitted", "unknown", "admitted"]
    assert [(row["scan_id"], row["gate"]) for row in body["conflicts"]] == [("a", "North")]
    assert gate.post(f"check-in/lists/{event.pk}/sync", {"scans": scans}).content == first.content


def test_a_sync_takes_500_scans_and_no_more(event, gate):
    tickets = tickets_of(event=event, quantity=60)
    scans = [{"code": tickets[n % 60].code, "scan_id": f"device-7-{n}", "gate": "North"} for n in range(500)]
    answer = gate.post(f"check-in/lists/{event.pk}/sync", {"scans": scans})
    assert [row["result"] for row in answer.json()["results"]].count("admitted") == 60
    more = gate.post(f"check-in/lists/{event.pk}/sync", {"scans": [*scans, {"code": "x", "scan_id": "x"}]})
    assert (more.status_code, more.json()["error"]["details"]["constraint"]) == (400, "max_length")
    assert gate.post(f"check-in/lists/{event.pk}/sync", {"scans": []}).json()["results"] == []


def test_an_owner_undoes_a_scan_and_a_scanner_does_not(event, gate):
    ticket = ticket_of(event=event)
    scan_at(gate, event, ticket.code)
    body = {"user_ticket_id": ticket.pk, "reason": "Wrong person"}
    assert gate.post(f"check-in/lists/{event.pk}/undo", body).status_code == 403
    owner = events_client(member_of(event.organizer))
    for user_ticket_id in (ticket_of().pk, 999_999):
        wrong = {**body, "user_ticket_id": user_ticket_id}
        assert owner.post(f"check-in/lists/{event.pk}/undo", wrong).status_code == 404
    undone = owner.post(f"check-in/lists/{event.pk}/undo", body)
    assert (undone.status_code, undone.json()["status"], undone.json()["checked_in_at"]) == (200, "active", None)
    assert owner.post(f"check-in/lists/{event.pk}/undo", body).status_code == 409
    assert scan_at(gate, event, ticket.code, "again").json()["result"] == "admitted"


def test_a_scan_costs_eight_queries(event, gate):
    def queries(scan_id):
        with CaptureQueriesContext(connection) as caught:
            scan_at(gate, event, ticket.code, scan_id)
        marks = ("SAVEPOINT", "RELEASE", "ROLLBACK")
        return [query["sql"] for query in caught if not query["sql"].startswith(marks)]

    ticket = ticket_of(event=event)
    for scan_id in ("first", "second", "first"):
        assert len(queries(scan_id)) <= 8, queries(scan_id)
