"""Measurements. `python -m bench` runs them all; nothing here is a test."""
