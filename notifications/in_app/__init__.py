"""Notices in the app, and which news a user wants."""
