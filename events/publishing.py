"""What organizers do with their events: make, change, publish, cancel, delete. One transaction each.

The words under which an event is found follow in the same transaction.
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from accounts.models import User
from core.db import transactional
from core.errors import Conflict, InvalidInput, NotFound, PermissionRefused
from core.states import WrongStatus
from events import on_sale, searching
from events.models import Category, Event, Organizer, OrganizerMember, TicketOrder, TicketType, Venue
from events.selling.refunding import cancel_event
from events.signals import event_changed

Fields = Mapping[str, Any]
Status = Event.Status
PLAIN = ("title", "description", "event_type", "image_url", "external_url", "time_zone")
# A change of these is announced.
MOVING = ("starts_at", "venue", "ends_at")


class NoSuchEvent(NotFound):
    code = "event_not_found"
    message = "There is no such event."


class NoSuchType(NotFound):
    code = "ticket_type_not_found"
    message = "There is no such ticket type."


class NotTheirs(PermissionRefused):
    message = "Only owners and managers of a verified organizer do this, for its own events."


class WrongStep(WrongStatus):
    """The event's status does not allow this."""

    status = 409


class NotReady(Conflict):
    """It cannot be published as it is."""

    message = "An event that is published begins in the future."


def publishing_for(user: Any) -> Any:
    """The verified organizers whose events the user may make and change, the oldest first."""
    return Organizer.objects.verified().of_member(user, *OrganizerMember.MANAGING)


@transactional
def found_organizer(*, by: User, name: str, email: str, phone: str = "") -> Organizer:
    """A new organizer, which `by` owns; staff verify it before it can hold events."""
    organizer = Organizer.objects.create(name=name, email=email, phone=phone)
    organizer.memberships.create(user=by, role=OrganizerMember.Role.OWNER)
    return organizer


@transactional
def create_event(*, by: User, fields: Fields) -> Event:
    """A draft of the validated `fields`, with its `tickets`, of `organizer_id` or the oldest of theirs.

    Raises NotTheirs, InvalidInput.
    """
    organizers = publishing_for(by)
    if organizer_id := fields.get("organizer_id"):
        organizers = organizers.filter(pk=organizer_id)
    organizer = organizers.first()
    if organizer is None:
        raise NotTheirs
    event = Event(organizer=organizer)
    write_fields(event, fields)
    event.save()
    event.begin(by=by)
    for kind in fields.get("tickets", ()):
        on_sale.write_type(event, kind)
    on_sale.note_prices(event)
    searching.index([event])
    return event


@transactional
def change_event(*, event_id: int, by: User, changes: Fields) -> Event:
    """Write the given fields and no others, and take the step that `status` names.

    Another time or place of a published event is announced. Raises NoSuchEvent, NotTheirs, WrongStep, InvalidInput.
    """
    event = managed_event(event_id=event_id, by=by)
    fields = {name: value for name, value in changes.items() if name != "status"}
    if fields:
        refuse_closed(event)
        write_changes(event, fields)
    take_step(event, changes.get("status"), by=by)
    return event


def publish_event(*, event_id: int, by: User) -> Event:
    """Put it on sale. Raises NoSuchEvent, NotTheirs, WrongStep, NotReady."""
    return change_event(event_id=event_id, by=by, changes={"status": Status.PUBLISHED})


@transactional
def call_off_event(*, event_id: int, by: User, reason: str = "") -> Event:
    """Cancel it; every paid order is refunded in full. Raises NoSuchEvent, NotTheirs, WrongStep."""
    event = managed_event(event_id=event_id, by=by)
    take_step(event, Status.CANCELLED, by=by, reason=reason)
    return event


@transactional
def remove_event(*, event_id: int, by: User) -> bool:
    """Delete what was never ordered, True; cancel what was. Raises NoSuchEvent, NotTheirs, WrongStep."""
    event = managed_event(event_id=event_id, by=by)
    if TicketOrder.objects.filter(event=event).exists():
        take_step(event, Status.CANCELLED, by=by, reason="Deleted by its organizer")
        return False
    # Without an order these are scans of what is no ticket.
    event.scans.all().delete()
    event.ticket_types.all().delete()
    event.delete()
    return True


@transactional
def add_type(*, event_id: int, by: User, fields: Fields) -> TicketType:
    """A new ticket type. Raises NoSuchEvent, NotTheirs, WrongStep, and what `on_sale.write_type` raises."""
    event = managed_event(event_id=event_id, by=by)
    refuse_closed(event)
    kind = on_sale.write_type(event, fields)
    on_sale.note_prices(event)
    return kind


@transactional
def change_type(*, type_id: int, by: User, changes: Fields) -> TicketType:
    """Change a ticket type. Raises NoSuchType, NotTheirs, WrongStep, and what `on_sale.change_type` raises."""
    kind = managed_type(type_id=type_id, by=by)
    on_sale.change_type(kind, changes)
    on_sale.note_prices(kind.event)
    return kind


@transactional
def remove_type(*, type_id: int, by: User) -> None:
    """Delete a ticket type that nothing was sold of. Raises NoSuchType, NotTheirs, WrongStep, Sold, LastType."""
    kind = managed_type(type_id=type_id, by=by)
    on_sale.delete_type(kind)
    on_sale.note_prices(kind.event)


def managed_type(*, type_id: int, by: User) -> TicketType:
    """A type of an event that `by` may change and that is not closed; the event is locked."""
    event_id = TicketType.objects.filter(pk=type_id).values_list("event", flat=True).first()
    try:
        event = managed_event(event_id=event_id or 0, by=by)
    except NoSuchEvent as error:
        raise NoSuchType from error
    refuse_closed(event)
    kind = event.ticket_types.with_quotas().filter(pk=type_id).first()
    if kind is None:
        raise NoSuchType
    return kind


def managed_event(*, event_id: int, by: User) -> Event:
    """The event that `by` may change, locked. Raises NoSuchEvent for what they cannot see, NotTheirs."""
    event = Event.objects.visible_to(by).filter(pk=event_id).first()
    if event is None:
        raise NoSuchEvent
    if not publishing_for(by).filter(pk=event.organizer_id).exists():
        raise NotTheirs
    return event.lock()


def refuse_closed(event: Event) -> None:
    """Raise WrongStep for an event that is cancelled or over."""
    if event.status not in (Status.DRAFT, Status.PUBLISHED):
        raise WrongStep(f"The event is {event.status}.")


def take_step(event: Event, status: str | None, *, by: Any, reason: str = "") -> None:
    """Publish or cancel; nothing happens when it is there already."""
    if status is None or status == event.status:
        return
    if status == Status.COMPLETED or not event.can_move_to(status):
        raise WrongStep(f"The event cannot be {status}: it is {event.status}.")
    if status == Status.CANCELLED:
        cancel_event(event=event, by=by, reason=reason)
        event.refresh_from_db(fields=["status", "updated_at"])
        return
    if event.starts_at <= timezone.now():
        raise NotReady
    if not event.ticket_types.exists():
        raise NotReady("An event that is published has a ticket type.")
    event.move_to(status, by=by, note=reason)


def write_changes(event: Event, fields: Fields) -> None:
    """Write fields of an event that may be changed, and what follows from them."""
    before = {name: getattr(event, name) for name in MOVING}
    write_fields(event, fields)
    moved = {name: (old, new) for name, old in before.items() if (new := getattr(event, name)) != old}
    is_announced = event.status == Status.PUBLISHED and bool(moved)
    if is_announced and "starts_at" in moved and event.starts_at <= timezone.now():
        raise InvalidInput.at("start_datetime", "A published event begins in the future.")
    if "starts_at" in moved:
        event.reminded_at = None
    event.save()
    searching.index([event])
    if is_announced:
        event_changed.send(sender=Event, event=event, changes=moved)


def write_fields(event: Event, fields: Fields) -> None:
    """Put validated fields on the event; the caller saves. Raises InvalidInput."""
    for name in PLAIN:
        if name in fields:
            setattr(event, name, fields[name])
    if "category_id" in fields:
        event.category = existing(Category, "category_id", fields["category_id"])
    if "venue_id" in fields:
        event.set_venue(existing(Venue, "venue_id", fields["venue_id"]))
    elif "venue" in fields:
        event.set_venue(venue_of(fields["venue"]))
    if {"starts_at", "ends_at", "time_zone"} & fields.keys():
        event.set_times(fields.get("starts_at", event.starts_at), fields.get("ends_at", event.ends_at))
    if event.ends_at <= event.starts_at:
        raise InvalidInput.at("end_datetime", "It ends after it begins.")
    if "refund_policy" in fields:
        policy = fields["refund_policy"] or {}
        event.refund_until_hours, event.refund_percent = policy.get("until_hours"), policy.get("percent")


def existing(model: type[Any], name: str, pk: int) -> Any:
    """The row that a body names. Raises InvalidInput."""
    row = model.objects.filter(pk=pk).first()
    if row is None:
        raise InvalidInput.at(name, "There is none with this id.")
    return row


def venue_of(fields: Fields) -> Venue:
    """The venue that is described so, made when there is none."""
    return Venue.objects.filter(**fields).first() or Venue.objects.create(**fields)
