"""Saved cards: saving, charging, choosing and removing them."""
