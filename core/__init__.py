"""What two apps or more need, and nothing that knows a shop."""
