"""What the box office announces beside `core.signals.status_changed`, which its orders, tickets and events send.

All are sent inside the transaction that did it.
"""

from django.dispatch import Signal

# The worth of tickets is on its way back: `order`, `refund` (a payments.Refund), `tickets` that it is for.
tickets_refunding = Signal()
# Start, end or venue of a published event is another: `event`, `changes` ({field: (old, new)}).
event_changed = Signal()
# A ticket is offered to another person: `transfer`, `token` (in clear, for the mail alone).
transfer_offered = Signal()
# A ticket is another person's now: `transfer`, `ticket`.
ticket_transferred = Signal()
# Places are held for a waiting entry: `entry`, `token` (in clear, for the link with which one leaves).
waiting_offered = Signal()
# A day before it begins: `event`; sent once for each event.
event_reminder_due = Signal()
# Money went to an organizer: `payout`.
payout_made = Signal()
# Staff want an order's confirmation sent once more: `order`, `by`.
confirmation_wanted = Signal()
