"""The back office of mails: the outbox, stopped addresses, and what of both stands on a customer's page."""

from notifications.admin import customers, emails, sidebar, suppressions, widgets

__all__ = ["customers", "emails", "sidebar", "suppressions", "widgets"]
