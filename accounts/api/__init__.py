"""The API of accounts: sign-in, profile, passwords, addresses."""
