"""Waiting lists: free places are offered in order, to the first who fits, and held for 12 hours.

Lock order: user, waiting entry, quotas.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework.exceptions import ErrorDetail

from accounts.models import User
from accounts.one_time_tokens import digest, lock
from core.db import transactional
from core.errors import InvalidInput
from events.models import Event, TicketType, WaitingEntry
from events.selling import places
from events.selling.errors import EventNotFound, NotOnSale, PlacesFree, SoldOut
from events.signals import waiting_offered

Status = WaitingEntry.Status
HELD_FOR = timedelta(hours=12)


@transactional
def join(*, user: User, event_id: int, ticket_type_id: int, quantity: int) -> WaitingEntry:
    """Wait for so many tickets of a type. Who waits for it already keeps the place, with the new quantity.

    Raises EventNotFound, NotOnSale, PlacesFree, InvalidInput.
    """
    kind = type_on_sale(event_id=event_id, ticket_type_id=ticket_type_id, user=user)
    if quantity > kind.max_per_order:
        raise InvalidInput.at("quantity", ErrorDetail(f"At most {kind.max_per_order}.", code="max_value"))
    lock(user.pk)
    entry = user.waiting_entries.select_for_update().filter(ticket_type=kind, status__in=WaitingEntry.OPEN).first()
    if entry is None:
        refuse_free(kind, quantity)
        token = digest(secrets.token_urlsafe(32))  # nobody has it: the link is made with the offer
        return WaitingEntry.objects.create(
            user=user, event_id=event_id, ticket_type=kind, quantity=quantity, token_digest=token
        )
    if entry.status == Status.WAITING and entry.quantity != quantity:
        entry.quantity = quantity
        entry.save(update_fields=["quantity"])
    return entry


def refuse_free(kind: TicketType, quantity: int) -> None:
    """Who could order at once does not wait, or an offer would hold for half a day what others want. PlacesFree."""
    nobody_waits = not kind.waiting_entries.filter(status=Status.WAITING).exists()
    if kind.left >= quantity and nobody_waits:
        raise PlacesFree


def type_on_sale(*, event_id: int, ticket_type_id: int, user: User) -> TicketType:
    """The ticket type, if it is sold now. Raises EventNotFound, NotOnSale, InvalidInput."""
    event = Event.objects.visible_to(user).filter(pk=event_id).first()
    if event is None:
        raise EventNotFound
    kind = event.ticket_types.with_quotas().filter(pk=ticket_type_id, is_hidden=False).first()
    if kind is None:
        raise InvalidInput.at("ticket_type_id", "There is no such ticket type at this event.")
    if not (event.is_on_sale and kind.is_in_window):
        raise NotOnSale
    return kind


def position(entry: WaitingEntry) -> int:
    """Where the entry stands among those who wait, from 1; 0 when it does not wait any more."""
    before = WaitingEntry.objects.filter(ticket_type=entry.ticket_type_id, status=Status.WAITING, pk__lte=entry.pk)
    return before.count() if entry.status == Status.WAITING else 0


def leave(*, user: User, event_id: int) -> int:
    """Do not wait for anything of this event any more; how many entries that ended. Raises EventNotFound."""
    if not Event.objects.visible_to(user).filter(pk=event_id).exists():
        raise EventNotFound
    entries = user.waiting_entries.filter(event=event_id, status__in=WaitingEntry.OPEN)
    return sum(end(entry.pk, Status.LEFT) for entry in list(entries))


def entry_of(token: str) -> WaitingEntry | None:
    """The entry whose link has this token."""
    return WaitingEntry.objects.filter(token_digest=digest(token)).select_related("event", "ticket_type").first()


@transactional
def end(entry_id: int, status: str) -> bool:
    """End an open entry, and free the places that are held for it; False when it had ended."""
    entry = WaitingEntry.objects.select_for_update().select_related("ticket_type").get(pk=entry_id)
    if entry.status not in WaitingEntry.OPEN:
        return False
    was_offered = entry.status == Status.OFFERED
    entry.status = status
    entry.save(update_fields=["status"])
    if was_offered:
        places.give_back({entry.ticket_type: entry.quantity})
    return True


def offer_free_places() -> tuple[int, int]:
    """End the offers that ran out and offer what is free; how many ended, how many were made. Safe to run twice."""
    now = timezone.now()
    on_sale = Q(event__status=Event.Status.PUBLISHED, event__starts_at__gt=now)
    is_open = WaitingEntry.objects.filter(status__in=WaitingEntry.OPEN)
    over = is_open.filter(Q(offer_until__lte=now) | ~on_sale).order_by("pk")
    ended = sum(end(entry.pk, Status.EXPIRED) for entry in list(over))
    waiting = WaitingEntry.objects.filter(on_sale, status=Status.WAITING).order_by("ticket_type")
    kinds = waiting.values_list("ticket_type", flat=True).distinct()
    return ended, sum(offer_of_type(kind_id, now) for kind_id in list(kinds))


def offer_of_type(kind_id: int, now: datetime) -> int:
    """Offer the free places of a type in order, to those whom there are enough for; how many offers that are."""
    made = 0
    while True:
        kind = TicketType.objects.with_quotas().select_related("event").get(pk=kind_id)
        fitting = kind.waiting_entries.filter(status=Status.WAITING, quantity__lte=max(kind.left, 0))
        entry = fitting.order_by("pk").first() if kind.is_in_window else None
        if entry is None or not offer(entry.pk, kind, now):
            return made
        made += 1


@transactional
def offer(entry_id: int, kind: TicketType, now: datetime) -> bool:
    """Hold places for the entry; False when it waits no more or others were quicker."""
    entry = WaitingEntry.objects.select_for_update().get(pk=entry_id)
    if entry.status != Status.WAITING:
        return False
    try:
        with transaction.atomic():
            places.take({kind: entry.quantity})
    except SoldOut:
        return False
    token = secrets.token_urlsafe(32)
    entry.status, entry.token_digest = Status.OFFERED, digest(token)
    entry.offer_until = min(filter(None, (now + HELD_FOR, kind.event.starts_at, kind.sale_ends_at)))
    entry.save(update_fields=["status", "offer_until", "token_digest"])
    waiting_offered.send(sender=WaitingEntry, entry=entry, token=token)
    return True


def has_offer(*, user: User, kinds: Iterable[TicketType]) -> bool:
    """Whether places of one of the types are held for the user."""
    return offers_to(user, kinds).exists()


def use_offers(*, user: User, kinds: Iterable[TicketType]) -> None:
    """Give the places that are held for the user back, for the order that takes its own in the same transaction."""
    for entry_id in list(offers_to(user, kinds).order_by("pk").values_list("pk", flat=True)):
        end(entry_id, Status.ORDERED)


def offers_to(user: User, kinds: Iterable[TicketType]) -> QuerySet[WaitingEntry]:
    return user.waiting_entries.filter(ticket_type__in=list(kinds), status=Status.OFFERED)
