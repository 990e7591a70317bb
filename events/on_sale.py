"""Ticket types and their quotas: made and changed by the event's organizer, one transaction each.

A quota never becomes smaller than what is taken of it; the database refuses it, too.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Max, Min

from core.errors import Conflict, InvalidInput
from events.models import Event, Quota, TicketType

Fields = Mapping[str, Any]
MAX_TYPES = 50
PLAIN = ("name", "description", "price", "max_per_order", "sale_starts_at", "sale_ends_at")


class BelowTaken(Conflict):
    """A total that is smaller than what is sold or held."""

    message = "More than that is sold or held already."


class Sold(Conflict):
    """What was sold stays as it was sold."""

    message = "Tickets of this type were sold: its price and quota stay, and it cannot be deleted."


class TooManyTypes(Conflict):
    code = "limit_reached"
    message = f"An event has at most {MAX_TYPES} ticket types."


class LastType(Conflict):
    message = "A published event keeps a ticket type."


def write_type(event: Event, fields: Fields) -> TicketType:
    """A new type of the event, which is locked. Raises TooManyTypes, InvalidInput, BelowTaken."""
    if event.ticket_types.count() >= MAX_TYPES:
        raise TooManyTypes
    kind = TicketType(event=event, quota=Quota.objects.create(event=event, size=fields["quantity"]))
    kind.shared_quota = shared_quota(event, fields.get("quota"))
    write_plain(kind, fields)
    kind.save()
    return kind


def change_type(kind: TicketType, changes: Fields) -> None:
    """Write the given fields of a type, whose event is locked. Raises BelowTaken, Sold, InvalidInput."""
    is_sold = was_sold(kind)
    if changes.get("price", kind.price) != kind.price and is_sold:
        raise Sold
    if "quantity" in changes:
        resize(kind.quota, changes["quantity"])
    if "quota" in changes:
        shared = shared_quota(kind.event, changes["quota"])
        if shared != kind.shared_quota and is_sold:
            raise Sold
        kind.shared_quota = shared
    write_plain(kind, changes)
    kind.save()


def delete_type(kind: TicketType) -> None:
    """Delete a type that was never ordered, of an event that is locked. Raises Sold, LastType."""
    if was_sold(kind) or kind.order_lines.exists():
        raise Sold
    event = kind.event
    if event.status == Event.Status.PUBLISHED and event.ticket_types.count() == 1:
        raise LastType
    kind.delete()
    kind.quota.delete()


def was_sold(kind: TicketType) -> bool:
    """Whether tickets of it are held or were ever issued."""
    return Quota.objects.filter(pk=kind.quota_id, taken__gt=0).exists() or kind.issued_tickets.exists()


def write_plain(kind: TicketType, fields: Fields) -> None:
    for name in PLAIN:
        if name in fields:
            setattr(kind, name, fields[name])
    if kind.sale_starts_at and kind.sale_ends_at and kind.sale_ends_at <= kind.sale_starts_at:
        raise InvalidInput.at("sale_end_date", "The sale ends after it begins.")


def shared_quota(event: Event, described: Fields | None) -> Quota | None:
    """The event's quota of this name, made when there is none; its size is the one given here."""
    if described is None:
        return None
    quota = event.quotas.filter(name=described["name"]).first()
    if quota is None:
        return Quota.objects.create(event=event, **described)
    resize(quota, described["size"])
    return quota


def resize(quota: Quota, size: int) -> None:
    """Give it another size, unless more is taken by now. Raises BelowTaken."""
    if quota.size != size and not Quota.objects.filter(pk=quota.pk, taken__lte=size).update(size=size):
        raise BelowTaken
    quota.size = size


def note_prices(event: Event) -> None:
    """Write the event's lowest and highest price; the event is locked or new."""
    prices = event.ticket_types.aggregate(lowest=Min("price"), highest=Max("price"))
    event.lowest_price, event.highest_price = prices["lowest"], prices["highest"]
    event.save(update_fields=["lowest_price", "highest_price", "updated_at"])
