"""Loads the demo's organizer and its events. When the organizer is there already, nothing is made."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts import demo
from accounts.models import User
from events import publishing
from events.days import LAGOS
from events.demo.programme import PLACES, SHOWS, SOLD_OUT, Place, Show, fields_of
from events.models import Event, Organizer, OrganizerMember, Venue
from events.selling import placing

NAME = "Lagoon Events"
LASTS = timedelta(hours=4)


def load_events() -> int:
    """Make the demo's events, in their order; how many that were."""
    if Organizer.objects.filter(email=demo.PARTNER).exists():
        return 0
    partner = load_organizer()
    venues = {key: load_venue(place) for key, place in PLACES.items()}
    for show in SHOWS:
        load_show(show, venues[show.place], by=partner)
    sell_out()
    return len(SHOWS)


def load_organizer() -> User:
    """The verified organizer, with someone at its gates; its owner."""
    partner, scanner = (User.objects.get(email=email) for email in (demo.PARTNER, demo.SCANNER))
    organizer = publishing.found_organizer(by=partner, name=NAME, email=demo.PARTNER, phone="+234 800 000 0000")
    organizer.memberships.create(user=scanner, role=OrganizerMember.Role.SCANNER)
    organizer.verified_at = timezone.now()
    organizer.save(update_fields=["verified_at"])
    return partner


def load_venue(place: Place) -> Venue:
    known: dict[str, Any] = place._asdict()
    degrees = {name: Decimal(str(known[name])) for name in ("latitude", "longitude")}
    return Venue.objects.create(**{**known, **degrees})


def load_show(show: Show, venue: Venue, *, by: User) -> None:
    """Make and publish one event."""
    day = timezone.now().astimezone(LAGOS).date() + timedelta(days=show.days)
    starts_at = datetime.combine(day, time(show.hour), LAGOS)
    times = {"starts_at": starts_at, "ends_at": starts_at + LASTS}
    event = publishing.create_event(by=by, fields={**fields_of(show, venue.pk), **times})
    publishing.publish_event(event_id=event.pk, by=by)
    if show.featured:
        Event.objects.filter(pk=event.pk).update(is_featured=True)


def sell_out() -> None:
    """Let the demo's customer take every ticket of one event."""
    kind = Event.objects.get(title=SOLD_OUT).ticket_types.with_quotas().get()
    customer = User.objects.get(email=demo.CUSTOMER)
    placing.place_order(user=customer, event_id=kind.event_id, items={kind.pk: kind.left})
