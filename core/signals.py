"""The signals of the shop. They are sent inside the transaction of what they tell of.

A receiver that fails undoes the change, so receivers only write rows and enqueue work. Signals go up: an app
tells, whoever stands to its right listens.

- `status_changed(sender, subject, change, old, new, by)`: `change` is the history row, `old` None at creation
- `payment_settled(sender, payment)`, `payment_failed(sender, payment)`, `refund_settled(sender, refund)`
- `user_registered(sender, user, token)`, `email_verification_requested(sender, user, token)`
- `password_reset_requested(sender, user, token)`, `password_changed(sender, user)`
"""

from django.dispatch import Signal

status_changed = Signal()
payment_settled = Signal()
payment_failed = Signal()
refund_settled = Signal()
user_registered = Signal()
email_verification_requested = Signal()
password_reset_requested = Signal()
password_changed = Signal()
