"""The signals of accounts, sent as `core.signals` says.

- `new_device_used(sender, session)`: a sign-in with a device or network that is new to the account
- `user_registered(sender, user, token)`, `email_verification_requested(sender, user, token)`
- `password_reset_requested(sender, user, token)`, `password_changed(sender, user)`
"""

from django.dispatch import Signal

new_device_used = Signal()
user_registered = Signal()
email_verification_requested = Signal()
password_reset_requested = Signal()
password_changed = Signal()
