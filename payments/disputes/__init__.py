"""Disputes, and the evidence that answers them."""
