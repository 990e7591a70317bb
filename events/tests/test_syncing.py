"""Scans made offline count once, by their own time; what cannot count is a conflict."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.tests.factories import UserFactory
from events.models import Event, Scan
from events.tests.factories import make_event
from events.tests.gates import fresh, hand_over, scan, sync, ticket_of, tickets_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    """It was entered yesterday, so that scans of the last hours are possible."""
    made = make_event()
    Event.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=1))
    return fresh(made)


def ago(minutes):
    return timezone.now() - timedelta(minutes=minutes)


def test_each_counts_by_its_own_time(event):
    ticket = ticket_of(event=event)
    early, late = ago(30), ago(10)
    late_answer, early_answer = sync(
        event,
        {"code": ticket.code, "gate": "South", "scanned_at": late},
        {"code": ticket.code, "gate": "North", "scanned_at": early},
    )
    assert (early_answer.result, early_answer.used_at, early_answer.is_conflict) == ("admitted", early, False)
    assert (late_answer.result, late_answer.used_at, late_answer.used_gate) == ("already_used", early, "North")
    assert late_answer.is_conflict
    ticket = fresh(ticket)
    assert (ticket.status, ticket.checked_in_at, ticket.checked_in_gate) == ("used", early, "North")
    assert ticket.status_history.count() == 2


def test_what_was_counted_first_stays(event):
    ticket = ticket_of(event=event)
    online = scan(ticket, gate="North")
    (answer,) = sync(event, {"code": ticket.code, "gate": "South", "scanned_at": ago(30)})
    assert (answer.result, answer.used_at, answer.used_gate) == ("already_used", online.used_at, "North")
    assert answer.is_conflict


def test_an_arrival_after_the_event_counts(event):
    ticket = ticket_of(event=event)
    ticket.move_to("expired")
    assert sync(event, {"code": ticket.code, "scanned_at": ago(600)})[0].result == "admitted"


def test_the_same_scans_again_get_the_same_answers(event):
    tickets = tickets_of(event=event, quantity=3)
    scans = [{"code": ticket.code, "scan_id": f"s{ticket.pk}", "scanned_at": ago(9)} for ticket in tickets]
    first = sync(event, *scans)
    again = sync(event, *scans, scans[0])
    assert [one.pk for one in again] == [*(one.pk for one in first), first[0].pk]
    assert {one.result for one in again} == {"admitted"}
    assert Scan.objects.count() == 3


def test_a_scan_that_was_answered_online_keeps_its_answer(event):
    ticket = ticket_of(event=event)
    online = scan(ticket, scan_id="one", gate="North")
    assert sync(event, {"code": ticket.code, "scan_id": "one", "gate": "South"})[0].pk == online.pk


def test_what_cannot_count_says_why(event):
    cancelled, moved, other = ticket_of(event=event), ticket_of(event=event), ticket_of()
    old = moved.code
    cancelled.move_to("cancelled")
    hand_over(moved, UserFactory())
    answers = sync(event, *({"code": code} for code in (cancelled.code, old, other.code, "nonsense")))
    assert [one.result for one in answers] == ["cancelled", "replaced", "wrong_event", "unknown"]
    assert [one.is_conflict for one in answers] == [True, True, False, False]
    assert [one.ticket for one in answers] == [cancelled, moved, None, None]


def test_the_number_of_queries_does_not_grow(event):
    def queries(count):
        tickets = tickets_of(event=event, quantity=count)
        with CaptureQueriesContext(connection) as caught:
            sync(event, *({"code": ticket.code} for ticket in tickets))
        return len(caught)

    assert queries(1) == queries(40)
