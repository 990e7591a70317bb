"""What gates and holders do with tickets, in one line each."""

import itertools

from accounts.models import User
from accounts.tests.factories import UserFactory
from events.gate import admitting, syncing, transferring
from events.gate.admitting import Presented
from events.gate.issuing import issue_tickets
from events.models import Event, Scan, Ticket, TicketOrder, TicketOrderLine
from events.signals import transfer_offered
from events.tests.factories import make_event, make_type, member_of

numbers = itertools.count(1)


def order_of(*quantities: int, user: User | None = None, event: Event | None = None) -> TicketOrder:
    """A completed order with a line of each quantity, of a type that is free; it has no tickets yet."""
    event = event or make_event()
    order = TicketOrder.objects.create(
        user=user or UserFactory(), event=event, status="completed", reference=f"PNG-gate-{next(numbers)}", total=0
    )
    for quantity in quantities:
        kind = make_type(event, price="0")
        TicketOrderLine.objects.create(
            order=order, ticket_type=kind, name=kind.name, price=0, fee=0, quantity=quantity, subtotal=0
        )
    return order


def tickets_of(user: User | None = None, *, quantity: int = 1, event: Event | None = None) -> list[Ticket]:
    """So many tickets of the user, or of a new one."""
    return issue_tickets(order=order_of(quantity, user=user, event=event))


def ticket_of(user: User | None = None, **more) -> Ticket:
    return tickets_of(user, **more)[0]


def scan(ticket: Ticket | None = None, *, by: User | None = None, event: Event | None = None, **more) -> Scan:
    """A scan at the ticket's event, unless another is given, by one of its people."""
    event = event or ticket.event
    by = by or member_of(event.organizer)
    told = {"code": ticket.code if ticket else "", "scan_id": f"scan-{next(numbers)}", **more}
    return admitting.scan(event=Event.objects.get(pk=event.pk), presented=Presented(**told), by=by)


def sync(event: Event, *scans: dict) -> list[Scan]:
    """Scans that were made offline arrive."""
    presented = [Presented(**{"scan_id": f"scan-{next(numbers)}", **one}) for one in scans]
    event = Event.objects.get(pk=event.pk)
    return syncing.sync(event=event, scans=presented, by=member_of(event.organizer))


def offer(ticket: Ticket, to: str) -> str:
    """Offer the ticket; the token that goes by mail."""
    tokens = []

    def listen(token, **_):
        tokens.append(token)

    transfer_offered.connect(listen)
    try:
        transferring.offer(ticket=ticket, to=to)
    finally:
        transfer_offered.disconnect(listen)
    return tokens[0]


def hand_over(ticket: Ticket, to: User) -> Ticket:
    """Offered and accepted; the ticket as the other has it."""
    return transferring.accept(token=offer(ticket, to.email), by=to)


def fresh(thing):
    """As it is in the database now."""
    return type(thing)._default_manager.get(pk=thing.pk)
