"""The order endpoints."""
