"""Rentals, what is late and due, contracts and charges in the back office."""

from rentals.admin import charges, contracts, rentals, sidebar, widgets

__all__ = ["charges", "contracts", "rentals", "sidebar", "widgets"]
