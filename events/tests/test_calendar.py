"""The calendar's file."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from events.documents.calendar import calendar_file
from events.tests.factories import make_event

pytestmark = pytest.mark.django_db


def test_the_file_has_the_moments_of_the_event_and_no_line_of_its_title_is_another_entry():
    starts_at = datetime(2027, 3, 28, 22, 30, tzinfo=UTC)
    event = make_event(title="Jazz\r\nEND:VEVENT; and, more" + "é" * 120, starts_at=starts_at)
    (entry,) = Calendar.from_ical(calendar_file(event.pk)).walk("VEVENT")
    assert (entry["dtstart"].dt, entry["dtend"].dt) == (event.starts_at, event.ends_at)
    assert "END:VEVENT; and, more" in entry["summary"]
