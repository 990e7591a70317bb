"""The endpoints of notifications, and the pages that need no account."""
