"""The demo's logins. Anybody can read them here, so they are good in a demo only."""

from accounts.emails import spelled

PASSWORD = "Demo-pass-1!"
ADMIN, MANAGER, CUSTOMER = "admin@example.com", "manager@example.com", "customer@example.com"
EMAILS = frozenset({ADMIN, MANAGER, CUSTOMER})


def is_public_login(email: str, password: str) -> bool:
    """Whether this is one of the demo's e-mails, however it is typed, with the demo's password."""
    return password == PASSWORD and spelled(email) in EMAILS
