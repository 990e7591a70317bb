"""Organizers, events and what is on sale for them."""

import itertools
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import UserFactory
from events.models import Category, Event, Organizer, OrganizerMember, Quota, TicketType, Venue

numbers = itertools.count(1)


def make_organizer(*, owner: User | None = None, verified: bool = True, **fields: Any) -> Organizer:
    """An organizer with an owner."""
    number = next(numbers)
    known = {"name": f"Organizer {number}", "email": f"organizer{number}@example.com"}
    organizer = Organizer.objects.create(verified_at=timezone.now() if verified else None, **{**known, **fields})
    OrganizerMember.objects.create(organizer=organizer, user=owner or UserFactory(), role=OrganizerMember.Role.OWNER)
    return organizer


def member_of(organizer: Organizer, role: str = "owner") -> User:
    """Its member in this role, made when there is none."""
    found = organizer.memberships.filter(role=role).first()
    return (found or OrganizerMember.objects.create(organizer=organizer, user=UserFactory(), role=role)).user


def make_venue(**fields: Any) -> Venue:
    return Venue.objects.create(**{"name": "Eko Hall", "address": "1 Marina", "city": "Lagos", **fields})


def music() -> Category:
    """The first category, which a test with real transactions may have emptied away."""
    return Category.objects.get_or_create(pk=1, defaults={"name": "Music", "slug": "music"})[0]


def make_event(
    *types: dict[str, Any], organizer: Organizer | None = None, starts_at: datetime | None = None, **fields: Any
) -> Event:
    """A published event that starts in a week, with a ticket type for each of `types` (`make_type`)."""
    starts_at = starts_at or timezone.now() + timedelta(days=7)
    ends_at = fields.pop("ends_at", starts_at + timedelta(hours=3))
    known: dict[str, Any] = {"title": "Jazz by the Lagoon", "status": "published", "category_id": music().pk}
    event = Event(organizer=organizer or make_organizer(), **{**known, **fields})
    event.set_venue(fields.get("venue") or make_venue())
    event.set_times(starts_at, ends_at)
    event.save()
    for kind in types:
        make_type(event, **kind)
    return event


def make_type(
    event: Event, *, quantity: int = 100, price: str = "5000", shared: Quota | None = None, **fields: Any
) -> TicketType:
    """A ticket type of the event; its lowest and highest price follow."""
    quota = Quota.objects.create(event=event, size=quantity)
    made = TicketType.objects.create(
        event=event,
        quota=quota,
        shared_quota=shared,
        price=Decimal(price),
        **{"name": f"Type {next(numbers)}", **fields},
    )
    prices = event.ticket_types.values_list("price", flat=True)
    event.lowest_price, event.highest_price = min(prices), max(prices)
    event.save(update_fields=["lowest_price", "highest_price"])
    return made
