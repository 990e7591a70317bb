"""What the box office keeps."""

from events.models.event import Category, Event, EventStatusChange, EventWord, Venue
from events.models.order import (
    TicketOrder,
    TicketOrderLine,
    TicketOrderPayment,
    TicketOrderStatusChange,
    Voucher,
)
from events.models.organizer import Organizer, OrganizerMember
from events.models.payout import Payout
from events.models.sales import Sales, SalesDay
from events.models.shopper import Favorite, WaitingEntry
from events.models.ticket import Scan, Ticket, TicketStatusChange, Transfer
from events.models.ticket_type import Quota, TicketType

__all__ = [
    "Category",
    "Event",
    "EventStatusChange",
    "EventWord",
    "Favorite",
    "Organizer",
    "OrganizerMember",
    "Payout",
    "Quota",
    "Sales",
    "SalesDay",
    "Scan",
    "Ticket",
    "TicketOrder",
    "TicketOrderLine",
    "TicketOrderPayment",
    "TicketOrderStatusChange",
    "TicketStatusChange",
    "TicketType",
    "Transfer",
    "Venue",
    "Voucher",
    "WaitingEntry",
]
