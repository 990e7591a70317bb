"""The life of a rental, from the offer to the check-in of its device."""
