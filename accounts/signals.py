"""The signals of accounts, sent as `core.signals` says.

- `new_device_used(sender, session)`: a sign-in with a device or network that is new to the account
- `user_registered(sender, user, token, face)`, `email_verification_requested(sender, user, token, face)`
- `password_reset_requested(sender, user, token, face)`, `password_changed(sender, user, face)`

`face` is the name of the face that was asked: its mails speak in its name, and their links lead to its site.
"""

from django.dispatch import Signal

new_device_used = Signal()
user_registered = Signal()
email_verification_requested = Signal()
password_reset_requested = Signal()
password_changed = Signal()
