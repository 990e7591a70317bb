"""The signals of the shop. They are sent inside the transaction of what they tell of.

A receiver that fails undoes the change, so receivers only write rows and enqueue work. Signals go up: an app
tells, whoever stands to its right listens.

- `status_changed(sender, subject, change, old, new, by)`: `change` is the history row, `old` None at creation
- `payment_settled(sender, payment)`, `payment_failed(sender, payment)`, `refund_settled(sender, refund)`
- `refund_failed(sender, refund)`: the gateway refused it for good, and nothing went back
- `money_returned(sender, payment, reason)`: money that arrived for what can no longer have it goes back by itself
- `dispute_opened(sender, dispute)`: a payer's bank questions a payment, or turns its question into a dispute
- `dispute_closed(sender, dispute)`: it ended; `dispute.status` says how
- `dispute_money_moved(sender, movement)`: the gateway took money for a dispute, or gave it back (DisputeMovement)
- `card_removed(sender, card)`: a saved card can be charged no longer
- `webhook_parked(sender, event)`: a gateway's event that nobody but staff can mend
- `rental_shipped(sender, rental)`: its device was handed over
- `rental_paid(sender, rental, link)`: money was counted for the rental; `link` is its RentalPayment
- `autopay_failed(sender, rental, installment, attempt)`: a charge did not go through
- `payment_reminder_due(sender, rental, installment, reminder)`: a customer is to be reminded
- `rental_checked_in(sender, rental)`: its device came back and was looked at
- `stock_changed(sender, movements)`: counts of products changed; `movements` are StockMovement rows, one a product
- `stock_low(sender, product)`: taking pieces brought its count to LOW_STOCK_LEVEL or below
- `new_device_used(sender, session)`: somebody signed in with what this account was never used with before
- `user_registered(sender, user, token)`, `email_verification_requested(sender, user, token)`
- `password_reset_requested(sender, user, token)`, `password_changed(sender, user)`
"""

from django.dispatch import Signal

status_changed = Signal()
payment_settled = Signal()
payment_failed = Signal()
refund_settled = Signal()
refund_failed = Signal()
money_returned = Signal()
dispute_opened = Signal()
dispute_closed = Signal()
dispute_money_moved = Signal()
card_removed = Signal()
webhook_parked = Signal()
rental_shipped = Signal()
rental_paid = Signal()
autopay_failed = Signal()
payment_reminder_due = Signal()
rental_checked_in = Signal()
stock_changed = Signal()
stock_low = Signal()
new_device_used = Signal()
user_registered = Signal()
email_verification_requested = Signal()
password_reset_requested = Signal()
password_changed = Signal()
