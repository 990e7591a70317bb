"""Scans that were made offline: each counts once, by its own time, and what cannot count is a conflict."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from core.db import transactional
from events.gate import admitting, codes
from events.gate.admitting import Presented, Result
from events.models import Event, Scan, Ticket, TicketStatusChange

MOST = 500  # scans in one go
ATTEMPTS = 3
# Whoever was let in with one of these, was let in beside somebody else, or with a ticket that was not theirs.
CONFLICTS = (Result.ALREADY_USED, Result.CANCELLED, Result.REPLACED)


def sync(*, event: Event, scans: Sequence[Presented], by: User) -> list[Scan]:
    """Answer each of up to 500 scans, in their order, in a number of queries that does not grow with them.

    They are taken by their own times. What was counted before stays: a scan that arrives later with an earlier time
    is `already_used` and a conflict. A `scan_id` that was answered before gets that answer.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return count(event=event, scans=scans, by=by)
        except IntegrityError:  # one of them was answered meanwhile, and is found the next time
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


@transactional
def count(*, event: Event, scans: Sequence[Presented], by: User) -> list[Scan]:
    """The part of it that writes. Raises IntegrityError when another request answers one of them at the same time."""
    first = {one.digest: one for one in reversed(scans)}
    known = {one.scan_digest: one for one in event.scans.filter(scan_digest__in=first).select_related("ticket")}
    made = decide(event, [one for digest, one in first.items() if digest not in known], by=by)
    answers = known | {one.scan_digest: one for one in made}
    return [admitting.shown(answers[one.digest], event) for one in scans]


def decide(event: Event, scans: Sequence[Presented], *, by: User) -> list[Scan]:
    """Decide on scans that are new, with their tickets locked, and write what follows."""
    claimed = {one.digest: codes.verify(one.code) for one in scans}
    ids = {claims.ticket_id for claims in claimed.values() if claims}
    tickets = {one.pk: one for one in event.issued_tickets.select_for_update().filter(pk__in=ids).order_by("pk")}
    made, changes, now = [], [], timezone.now()
    for presented in by_time(scans):
        claims = claimed[presented.digest]
        ticket = tickets.get(claims.ticket_id) if claims else None
        scan = admitting.scan_of(event=event, presented=presented, by=by)
        result = admitting.verdict(event, ticket, claims)
        if ticket and result == Result.ADMITTED:
            use(ticket, scan, now)
            changes.append(admitting.change_of(ticket, scan))
        admitting.conclude(scan, ticket, result)
        scan.is_conflict = result in CONFLICTS
        made.append(scan)
    save_used([change.subject for change in changes])
    TicketStatusChange.objects.bulk_create(changes)
    Scan.objects.bulk_create(made)
    return made


def by_time(scans: Sequence[Presented]) -> list[Presented]:
    """The earliest first, by the devices' clocks."""
    now = timezone.now()
    return sorted(scans, key=lambda one: one.scanned_at or now)


def use(ticket: Ticket, scan: Scan, now: datetime) -> None:
    """Use up a ticket that is locked; the caller saves it."""
    ticket.status = Ticket.Status.USED
    ticket.checked_in_at, ticket.checked_in_gate = scan.scanned_at, scan.gate
    ticket.updated_at = now


def save_used(tickets: Sequence[Ticket]) -> None:
    """Only the moments differ from ticket to ticket: the rest is one UPDATE for each gate, mostly one."""
    Ticket.objects.bulk_update(tickets, ["checked_in_at"])
    for gate in {ticket.checked_in_gate for ticket in tickets}:
        here = [ticket for ticket in tickets if ticket.checked_in_gate == gate]
        rows = Ticket.objects.filter(pk__in=[ticket.pk for ticket in here])
        rows.update(status=Ticket.Status.USED, checked_in_gate=gate, updated_at=here[0].updated_at)
