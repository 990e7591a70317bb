"""The store sync in the back office: connected shops, their orders, items and stock, and why it is what it is."""

from storesync.admin import connections, orders, sidebar, stock, widgets

__all__ = ["connections", "orders", "sidebar", "stock", "widgets"]
