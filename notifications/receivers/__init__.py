"""Which mail follows from which signal. All of it runs inside the transaction of what happened."""

from notifications.receivers import account, order

__all__ = ["account", "order"]
