"""Tickets of an order that is paid, or that costs nothing."""

from events.gate import codes
from events.models import Ticket, TicketOrder, TicketStatusChange


def issue_tickets(*, order: TicketOrder) -> list[Ticket]:
    """Write the tickets of each line of `order`, with their codes and the first row of their history.

    Call it once, in the transaction that completes the order, with the order locked: a second time the database
    refuses (line and number). The number of queries does not depend on the number of tickets. The step of the order
    announces them; no `status_changed` is sent for each.
    """
    holder = order.contact_name or order.user.get_full_name()
    Ticket.objects.bulk_create(
        Ticket(
            order=order,
            line=line,
            number=number,
            event_id=order.event_id,
            ticket_type_id=line.ticket_type_id,
            user_id=order.user_id,
            attendee_name=holder,
        )
        for line in order.lines.all()
        for number in range(1, line.quantity + 1)
    )
    # Read again for their ids, which MySQL does not answer for many rows at once.
    tickets = list(order.tickets.order_by("pk"))
    for ticket in tickets:
        write_code(ticket)
    Ticket.objects.bulk_update(tickets, ["code", "code_digest"])
    TicketStatusChange.objects.bulk_create(TicketStatusChange(subject=one, status=one.status) for one in tickets)
    return tickets


def write_code(ticket: Ticket) -> None:
    """Give the ticket the code of its generation; the caller saves `code` and `code_digest`."""
    ticket.code = codes.sign(ticket)
    ticket.code_digest = codes.digest(ticket.code)
