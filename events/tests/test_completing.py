"""Events are over, and tomorrow's are announced: once each, whoever runs it how often."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from core.testing.races import race
from events import completing
from events.models import Event, Ticket
from events.signals import event_reminder_due
from events.tests.factories import make_event
from events.tests.gates import scan, tickets_of
from events.tests.shop import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def announced():
    """The events that were announced."""
    heard = []

    def hear(event, **_):
        heard.append(event.pk)

    event_reminder_due.connect(hear)
    yield heard
    event_reminder_due.disconnect(hear)


def said(command):
    call_command(command, stdout=(out := StringIO()))
    return out.getvalue()


def end(event):
    """It is over from now on."""
    now = timezone.now()
    Event.objects.filter(pk=event.pk).update(starts_at=now - timedelta(hours=3), ends_at=now)


def test_what_is_over_is_completed_and_tickets_that_nobody_used_expire():
    event, other = make_event(), make_event()
    used, left, given_back = tickets_of(quantity=3, event=event)
    scan(used)
    given_back.move_to("cancelled")
    (valid,) = tickets_of(event=other)
    end(event)
    assert "events completed: 1, tickets expired: 1" in said("complete_events")
    assert "events completed: 0, tickets expired: 0" in said("complete_events")
    statuses = [fresh(ticket).status for ticket in (used, left, given_back, valid)]
    assert statuses == ["used", "expired", "cancelled", "active"]
    assert (fresh(event).status, fresh(other).status) == ("completed", "published")
    assert [change.status for change in event.status_history.all()] == ["completed"]
    assert [change.status for change in left.status_history.all()] == ["expired", "active"]


def test_what_does_not_take_place_is_not_completed():
    drafts = [make_event(status=status) for status in ("draft", "cancelled")]
    for event in drafts:
        end(event)
    assert completing.complete_events() == (0, 0)
    assert [fresh(event).status for event in drafts] == ["draft", "cancelled"]


def test_tickets_that_a_killed_run_left_expire_in_the_next_one(monkeypatch):
    event = make_event()
    tickets = tickets_of(quantity=2, event=event)
    end(event)
    with monkeypatch.context() as killed:
        killed.setattr(completing, "expire", lambda ticket: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            completing.complete_events()
    assert [fresh(ticket).status for ticket in tickets] == ["active", "active"]
    assert completing.complete_events() == (0, 2)


def test_an_event_is_announced_once_a_day_before(announced):
    now = timezone.now()
    event = make_event(starts_at=now + timedelta(days=1, hours=1))
    make_event(starts_at=now + timedelta(hours=2), status="draft")
    make_event(starts_at=now - timedelta(minutes=1))
    assert "events announced: 0" in said("send_event_reminders")
    Event.objects.filter(pk=event.pk).update(starts_at=now + timedelta(hours=23))
    assert "events announced: 1" in said("send_event_reminders")
    assert "events announced: 0" in said("send_event_reminders")
    assert announced == [event.pk]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_machines_at_once(announced):
    over = [make_event() for _ in range(5)]
    tickets = [tickets_of(event=event)[0] for event in over]
    for event in over:
        end(event)
    soon = [make_event(starts_at=timezone.now() + timedelta(hours=2)) for _ in range(5)]
    counted = race([completing.complete_events] * 2 + [completing.send_event_reminders] * 2)
    assert [sum(numbers) for numbers in zip(*counted[:2], strict=True)] == [5, 5], counted
    assert sum(counted[2:]) == 5 and sorted(announced) == [event.pk for event in soon]
    assert set(Ticket.objects.values_list("status", flat=True)) == {"expired"} and len(tickets) == 5
