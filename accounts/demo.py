"""The demo's logins. Anybody can read them here, so they are good in a demo only."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.emails import spelled

PASSWORD = "Demo-pass-1!"
ADMIN, MANAGER, CUSTOMER = "admin@example.com", "manager@example.com", "customer@example.com"
PARTNER, SCANNER = "partner@example.com", "scanner@example.com"
EMAILS = frozenset({ADMIN, MANAGER, CUSTOMER, PARTNER, SCANNER})


def is_public_login(email: str, password: str) -> bool:
    """Whether this is one of the demo's e-mails, however it is typed, with the demo's password."""
    return password == PASSWORD and spelled(email) in EMAILS


class NoDemoLogins:
    """Refuses the demo's public logins wherever real secrets are in use.

    Stands before the backend that checks passwords: a demo's database that goes into production opens to no one.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **others: Any
    ) -> None:
        """None, so that the next backend decides; PermissionDenied (which ends the asking) for a public login."""
        if settings.DEFAULT_SECRETS_ALLOWED:
            return
        if is_public_login(str(username or others.get("email") or ""), password or ""):
            raise PermissionDenied
