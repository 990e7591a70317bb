"""Notices in the app, and which mails and notices a user wants."""
