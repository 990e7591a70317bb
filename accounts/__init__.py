"""People: accounts, roles, sessions and addresses."""
