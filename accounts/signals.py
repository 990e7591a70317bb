"""The signals of accounts, sent as `core.signals` says.

- `new_device_used(sender, session)`: somebody signed in with what this account was never used with before
- `user_registered(sender, user, token)`, `email_verification_requested(sender, user, token)`
- `password_reset_requested(sender, user, token)`, `password_changed(sender, user)`
"""

from django.dispatch import Signal

new_device_used = Signal()
user_registered = Signal()
email_verification_requested = Signal()
password_reset_requested = Signal()
password_changed = Signal()
