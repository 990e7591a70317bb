"""Admission at a gate: one conditional UPDATE decides, and each scan is answered once.

The check-in list of an event is the event: they share their id.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from core.db import transactional
from core.errors import InvalidInput, PermissionRefused
from events.gate import codes
from events.gate.codes import Claims
from events.gate.errors import TicketRefused
from events.models import Event, OrganizerMember, Scan, Ticket, TicketStatusChange

Result = Scan.Result
# A ticket is told to nobody who has no business with it.
WITHOUT_TICKET = (Result.UNKNOWN, Result.WRONG_EVENT)


@dataclass(frozen=True, slots=True)
class Presented:
    """A scan as a device reports it; `scanned_at` is by its own clock, None for now."""

    code: str
    scan_id: str
    gate: str = ""
    device: str = ""
    scanned_at: datetime | None = None

    @property
    def digest(self) -> str:
        """What is unique in a list."""
        return sha256(self.scan_id.encode()).hexdigest()


def scan(*, event: Event, presented: Presented, by: User) -> Scan:
    """Admit the holder of a code to `event`, or say why not; the same `scan_id` gets the same answer.

    The scan's ticket is None for what is unknown or of another event.
    """
    try:
        return decide(event=event, presented=presented, by=by)
    except IntegrityError:
        # It was answered before, perhaps a moment ago at another gate; what was done above is undone.
        earlier = event.scans.select_related("ticket").get(scan_digest=presented.digest)
        return shown(earlier, event)


@transactional
def decide(*, event: Event, presented: Presented, by: User) -> Scan:
    """The part of it that writes. Raises IntegrityError for a `scan_id` that was answered."""
    claims = codes.verify(presented.code)
    ticket = event.issued_tickets.filter(pk=claims.ticket_id).first() if claims else None
    made = scan_of(event=event, presented=presented, by=by)
    while (result := verdict(event, ticket, claims)) == Result.ADMITTED and ticket:
        if take(ticket, made):
            break
        ticket.lock()
    conclude(made, ticket, result)
    made.save(force_insert=True)
    return shown(made, event)


def scan_of(*, event: Event, presented: Presented, by: User) -> Scan:
    """The row of a scan that has no result yet."""
    return Scan(
        event=event,
        scan_id=presented.scan_id,
        scan_digest=presented.digest,
        gate=presented.gate,
        device=presented.device,
        scanned_by=by,
        scanned_at=bounded(presented.scanned_at, event),
    )


def bounded(moment: datetime | None, event: Event) -> datetime:
    """A device's clock may be wrong: not after now, and not before the event was entered."""
    now = timezone.now()
    return max(event.created_at, min(moment or now, now))


def verdict(event: Event, ticket: Ticket | None, claims: Claims | None) -> Result:
    """What the gate is to say, by the ticket as it was read; `claims` are those of a good signature, or None."""
    if claims is None:
        return Result.UNKNOWN
    if claims.event_id != event.pk:
        return Result.WRONG_EVENT
    if ticket is None or claims.generation > ticket.generation:
        return Result.UNKNOWN
    if claims.generation < ticket.generation:
        return Result.REPLACED
    return {
        Ticket.Status.CANCELLED.value: Result.CANCELLED,
        Ticket.Status.USED.value: Result.ALREADY_USED,
    }.get(ticket.status, Result.ADMITTED)


def take(ticket: Ticket, made: Scan) -> bool:
    """Use the ticket up; False when it changed since it was read. Of two gates at once one gets True."""
    rows = Ticket.objects.filter(pk=ticket.pk, generation=ticket.generation, status__in=Ticket.ADMISSIBLE)
    moments = {"checked_in_at": made.scanned_at, "updated_at": timezone.now()}
    used = {"status": Ticket.Status.USED, "checked_in_gate": made.gate, **moments}
    if not rows.update(**used):
        return False
    for name, value in used.items():
        setattr(ticket, name, value)
    change_of(ticket, made).save(force_insert=True)
    return True


def change_of(ticket: Ticket, made: Scan) -> TicketStatusChange:
    """The row of history of an admission. It is read at the gate and announced to nobody else."""
    note = f"Admitted at {made.gate}" if made.gate else "Admitted"
    return TicketStatusChange(subject=ticket, status=ticket.status, actor=made.scanned_by, notes=note)


def conclude(made: Scan, ticket: Ticket | None, result: Result) -> None:
    """Write the result down, with the admission that it speaks of."""
    made.result = result
    made.ticket = None if result in WITHOUT_TICKET else ticket
    if ticket and result in (Result.ADMITTED, Result.ALREADY_USED):
        made.used_at, made.used_gate = ticket.checked_in_at, ticket.checked_in_gate


def shown(made: Scan, event: Event) -> Scan:
    """The scan, whose ticket is answered with the event as the caller read it."""
    if made.ticket:
        made.ticket.event = event
    return made


@transactional
def undo(*, ticket: Ticket, by: Any, reason: str) -> None:
    """Let a ticket that was scanned by mistake admit again.

    For staff, and for owners and managers of the event's organizer. Raises PermissionRefused, InvalidInput without a
    reason, TicketRefused for a ticket that is not used.
    """
    if not (by.is_staff or is_manager(by, ticket.event)):
        raise PermissionRefused("Only owners and managers can undo a scan.")
    if not reason.strip():
        raise InvalidInput.at("reason", "Say why the scan is undone.")
    if ticket.lock().status != Ticket.Status.USED:
        raise TicketRefused(f"The ticket was not scanned: it is {ticket.status}.")
    ticket.move_to(Ticket.Status.ACTIVE, by=by, note=reason.strip())
    ticket.checked_in_at, ticket.checked_in_gate = None, ""
    ticket.save(update_fields=["checked_in_at", "checked_in_gate"])


def is_manager(user: Any, event: Event) -> bool:
    """Whether the user is an owner or manager of the event's organizer."""
    members = OrganizerMember.objects.filter(organizer=event.organizer_id, user=user)
    return members.filter(role__in=OrganizerMember.MANAGING).exists()
