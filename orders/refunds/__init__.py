"""Refunds of orders by staff: what they cost, what goes back, what returns to the shelf."""
