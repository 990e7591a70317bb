"""The lines of the box office in the side bar, and the colours of its statuses."""

from core.admin import badges
from core.admin.sidebar import Entry, register

SECTION = "Box office"

register(
    Entry(SECTION, 400, "Events", "confirmation_number", "events.event", without=("events_event_gates",)),
    Entry(SECTION, 405, "Gates", "door_front", "events.event", page="gates"),
    Entry(SECTION, 410, "Ticket orders", "shopping_bag", "events.ticketorder"),
    Entry(SECTION, 415, "Tickets", "local_activity", "events.ticket"),
    Entry(SECTION, 420, "Scans", "qr_code_scanner", "events.scan"),
    Entry(SECTION, 425, "Organizers", "groups", "events.organizer"),
    Entry(SECTION, 430, "Payouts", "account_balance", "events.payout"),
    Entry(SECTION, 435, "Ticket types", "sell", "events.tickettype"),
    Entry(SECTION, 440, "Vouchers", "redeem", "events.voucher"),
    Entry(SECTION, 445, "Waiting lists", "hourglass_top", "events.waitingentry"),
    Entry(SECTION, 450, "Venues", "location_on", "events.venue"),
    Entry(SECTION, 455, "Event categories", "category", "events.category"),
)
badges.register(
    draft="default",
    published="success",
    used="info",
    expired="default",
    admitted="success",
    already_used="danger",
    replaced="warning",
    wrong_event="warning",
    unknown="danger",
    waiting="warning",
    offered="info",
    ordered="success",
    left="default",
)
