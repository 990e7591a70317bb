"""How signals are sent, and the one of every object with a status.

A signal is sent inside the transaction of what it tells of. A receiver that fails undoes the change, so receivers
only write rows and enqueue work. Signals go up: an app sends its own (`<app>/signals.py`), whoever stands to its
right listens.

- `status_changed(sender, subject, change, old, new, by)`: `change` is the history row, `old` None at creation
"""

from django.dispatch import Signal

status_changed = Signal()
