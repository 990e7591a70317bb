"""The endpoints of notifications, and the page that needs no account."""
