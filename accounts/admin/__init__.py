"""Customers, staff and their sessions in the back office."""

from accounts.admin import housekeeping, sessions, sidebar, users

__all__ = ["housekeeping", "sessions", "sidebar", "users"]
