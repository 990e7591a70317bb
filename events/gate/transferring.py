"""Handing a ticket over: an offer by mail, which the person with that address accepts within 48 hours."""

import secrets
from datetime import timedelta

from django.utils import timezone

from accounts.emails import normalize
from accounts.models import User
from accounts.one_time_tokens import digest
from core.db import transactional
from core.errors import InvalidInput
from events.gate.errors import (
    NotTheRecipient,
    TicketNotFound,
    TicketRefused,
    TooManyOffers,
    TransferNotFound,
    TransferPending,
)
from events.gate.issuing import write_code
from events.models import Ticket, TicketStatusChange, Transfer
from events.signals import ticket_transferred, transfer_offered

OPEN_FOR = timedelta(hours=48)
# How often one ticket can be offered in `OFFERS_WITHIN`.
MAX_OFFERS = 5
OFFERS_WITHIN = timedelta(days=1)


@transactional
def offer(*, ticket: Ticket, to: str) -> Transfer:
    """Offer the holder's ticket to the person with this address; it stays the holder's until that one accepts.

    The secret that accepts it goes by mail alone; the database keeps its digest. Raises InvalidInput for the
    holder's own address, TicketNotFound, TicketRefused unless the ticket is active and its event is not over,
    TransferPending, TooManyOffers.
    """
    email = normalize(to)
    if email == ticket.user.email:
        raise InvalidInput.at("email", "The ticket is yours already.")
    lock_of_holder(ticket)
    refuse_unless_active(ticket)
    close_what_is_over(ticket)
    refuse_too_many(ticket)
    token = secrets.token_urlsafe(32)
    transfer = Transfer.objects.create(
        ticket=ticket,
        open_for=ticket,
        sender=ticket.user,
        email=email,
        token_digest=digest(token),
        expires_at=timezone.now() + OPEN_FOR,
    )
    transfer_offered.send(sender=Transfer, transfer=transfer, token=token)
    return transfer


def lock_of_holder(ticket: Ticket) -> None:
    """Lock a ticket that was read as its holder's. Raises TicketNotFound when it changed hands meanwhile."""
    holder = ticket.user_id
    if ticket.lock().user_id != holder:
        raise TicketNotFound


def refuse_unless_active(ticket: Ticket) -> None:
    """Raise TicketRefused for a ticket that admits nobody any more."""
    if ticket.status != Ticket.Status.ACTIVE:
        raise TicketRefused(f"The ticket cannot be transferred: it is {ticket.status}.")
    if ticket.event.ends_at <= timezone.now():
        raise TicketRefused("The ticket cannot be transferred: the event is over.")


def close_what_is_over(ticket: Ticket) -> None:
    """End the offer that ran out. Raises TransferPending for one that did not."""
    transfer = Transfer.objects.filter(open_for=ticket).first()
    if transfer is None:
        return
    if transfer.expires_at > timezone.now():
        raise TransferPending
    close(transfer)


def refuse_too_many(ticket: Ticket) -> None:
    """Raise TooManyOffers when this ticket has been offered often enough for now."""
    if ticket.transfers.filter(created_at__gt=timezone.now() - OFFERS_WITHIN).count() >= MAX_OFFERS:
        raise TooManyOffers


def close(transfer: Transfer) -> None:
    """It is not open any more."""
    transfer.open_for = None
    transfer.save(update_fields=["open_for", "recipient", "accepted_at"])


@transactional
def withdraw(*, ticket: Ticket) -> bool:
    """Take back the holder's open offer of a ticket; False when there is none. Raises TicketNotFound."""
    lock_of_holder(ticket)
    return bool(Transfer.objects.filter(open_for=ticket).update(open_for=None))


@transactional
def accept(*, token: str, by: User) -> Ticket:
    """Make the ticket the recipient's, with a new code; the old one is refused from now on.

    Whoever has the token reads that address's mail, so the address need not be verified besides. Accepted before by
    the same person: nothing happens. Raises TransferNotFound, NotTheRecipient, TicketRefused for an offer that is
    over or whose ticket admits nobody any more.
    """
    transfer = Transfer.objects.filter(token_digest=digest(token)).select_related("ticket").first()
    if transfer is None:
        raise TransferNotFound
    if transfer.email != by.email:
        raise NotTheRecipient
    ticket = transfer.ticket.lock()
    transfer.refresh_from_db(fields=["open_for", "accepted_at", "recipient"])
    if transfer.accepted_at and ticket.user_id == by.pk:
        return ticket
    if transfer.open_for_id is None or transfer.expires_at <= timezone.now():
        raise TicketRefused("This offer is over.")
    refuse_unless_active(ticket)
    hand_over(transfer, ticket, to=by)
    ticket_transferred.send(sender=Ticket, transfer=transfer, ticket=ticket)
    return ticket


def hand_over(transfer: Transfer, ticket: Ticket, *, to: User) -> None:
    """Write the new holder; the caller has locked the ticket, so that no gate admits the old code meanwhile."""
    ticket.user, ticket.attendee_name = to, to.get_full_name()
    ticket.generation += 1
    write_code(ticket)
    ticket.save(update_fields=["user", "attendee_name", "generation", "code", "code_digest", "updated_at"])
    transfer.recipient, transfer.accepted_at = to, timezone.now()
    close(transfer)
    TicketStatusChange.objects.create(
        subject=ticket, status=ticket.status, actor=to, notes=f"Transferred by offer {transfer.pk}"
    )
