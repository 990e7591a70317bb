"""The box office in the back office: events, orders, tickets, gates, organizers and their money."""

from events.admin import events, orders, organizers, shelves, sidebar, tickets, widgets

__all__ = ["events", "orders", "organizers", "shelves", "sidebar", "tickets", "widgets"]
