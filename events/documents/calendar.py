"""An event as a file for calendars (RFC 5545)."""

from datetime import UTC

from icalendar import Calendar
from icalendar import Event as Entry

from events.models import Event


def calendar_file(event_id: int) -> bytes:
    """The file about this event; a later one replaces an earlier one in the calendar. Raises Event.DoesNotExist."""
    event = Event.objects.select_related("venue").get(pk=event_id)
    entry = Entry()
    entry.add("uid", f"event-{event.pk}@platng.com")
    entry.add("dtstamp", event.updated_at.astimezone(UTC))
    entry.add("sequence", int(event.updated_at.timestamp()))
    entry.add("dtstart", event.starts_at.astimezone(UTC))
    entry.add("dtend", event.ends_at.astimezone(UTC))
    entry.add("summary", event.title)
    entry.add("location", f"{event.venue.name}, {event.venue.address}, {event.venue.city}")
    calendar = Calendar()
    calendar.add("prodid", "-//PlatNG//Box office//EN")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    return bytes(calendar.to_ical())
