"""The signals of money, of cards and of the inbox, sent as `core.signals` says.

- `payment_settled(sender, payment)`, `payment_failed(sender, payment)`, `refund_settled(sender, refund)`
- `refund_failed(sender, refund)`: the gateway refused it for good, and nothing went back
- `refund_needs_attention(sender, refund)`: it waits at the gateway for something that only a person can do there
- `money_astray(sender, payment)`: money came that was not asked for; `payment` is the stray, which staff send back
- `money_returned(sender, payment, reason)`: money that arrived for what can no longer have it goes back by itself
- `dispute_opened(sender, dispute)`: a payer's bank questions a payment, or turns its question into a dispute
- `dispute_closed(sender, dispute)`: it ended; `dispute.status` says how
- `dispute_money_moved(sender, movement)`: the gateway took money for a dispute, or gave it back (DisputeMovement)
- `card_removed(sender, card)`: a saved card can be charged no longer
- `webhook_parked(sender, event)`: a gateway's event that only staff can mend
"""

from django.dispatch import Signal

payment_settled = Signal()
payment_failed = Signal()
refund_settled = Signal()
refund_failed = Signal()
refund_needs_attention = Signal()
money_astray = Signal()
money_returned = Signal()
dispute_opened = Signal()
dispute_closed = Signal()
dispute_money_moved = Signal()
card_removed = Signal()
webhook_parked = Signal()
