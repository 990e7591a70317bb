"""Which mail follows from which signal. All of it runs inside the transaction of what happened."""

from notifications.receivers import account, order, rental, rental_money, staff

__all__ = ["account", "order", "rental", "rental_money", "staff"]
