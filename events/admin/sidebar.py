"""The lines of the box office in the side bar, and the colours of its statuses."""

from core.admin import badges
from core.admin.sidebar import Entry, register

SECTION = "Box office"

register(
    Entry(SECTION, 350, "Events", "confirmation_number", "events.event", without=("events_event_gates",)),
    Entry(SECTION, 353, "Gates", "door_front", "events.event", page="gates"),
    Entry(SECTION, 356, "Ticket orders", "shopping_bag", "events.ticketorder"),
    Entry(SECTION, 359, "Tickets", "local_activity", "events.ticket"),
    Entry(SECTION, 362, "Scans", "qr_code_scanner", "events.scan"),
    Entry(SECTION, 365, "Organizers", "groups", "events.organizer"),
    Entry(SECTION, 368, "Payouts", "account_balance", "events.payout"),
    Entry(SECTION, 371, "Ticket types", "sell", "events.tickettype"),
    Entry(SECTION, 374, "Vouchers", "redeem", "events.voucher"),
    Entry(SECTION, 377, "Waiting lists", "hourglass_top", "events.waitingentry"),
    Entry(SECTION, 380, "Venues", "location_on", "events.venue"),
    Entry(SECTION, 383, "Event categories", "category", "events.category"),
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
    verified="success",
    unverified="warning",
)
