"""Guessed passwords: how failures are counted, and what is answered after too many."""

import hashlib
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.utils import reset
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.request import Request

from accounts.emails import spelled
from core.api.throttles import SettingThrottle
from core.db import transactional
from core.errors import DomainError


class TooManyAttempts(DomainError):
    """Signing in to this account from this address is locked for a while."""

    status = 429
    code = "locked_out"
    message = "Too many failed attempts. Try again later."


class PatientHandler(AxesDatabaseHandler):
    """Counts tries in the database as axes does, and again when a deadlock undid it: tries that come at once
    must neither fail nor go uncounted.
    """

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
        """Count a failure."""
        transactional(super().user_login_failed)(sender, credentials, request, **kwargs)

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        """Forget the failures of before."""
        transactional(super().user_logged_in)(sender, request, user, **kwargs)


def retry_after() -> int:
    """Seconds until a lock ends, at most."""
    return int(settings.AXES_COOLOFF_TIME.total_seconds())


def forgive(email: str) -> None:
    """Forget the failed attempts at this account, wherever they came from."""
    reset(username=email)


def answer(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any]) -> HttpResponse:
    """The page that the back office's login shows after too many failures; the API has its own answer."""
    if response.get("Content-Type", "").startswith("application/json"):
        return response
    page = render(request, "admin/locked_out.html", {"message": TooManyAttempts.message}, status=429)
    page["Retry-After"] = str(retry_after())
    return page


class LoginAccountThrottle(SettingThrottle):
    """Tries to sign in to one account, from wherever they come and however its e-mail is typed."""

    setting = "API_THROTTLE_LOGIN_ACCOUNT"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """A digest of the account that the body names; None when it names none."""
        name = self.name_in(request.data) if isinstance(request.data, dict) else None
        return self.counter_key(self.digest(name)) if isinstance(name, str) else None

    def name_in(self, body: dict[str, Any]) -> Any:
        """What stands in the place of the e-mail of a sign-in, which some clients call `username`."""
        return body.get("email") or body.get("username")

    def digest(self, name: str) -> str:
        """The same for each spelling of a name."""
        return hashlib.sha256(spelled(name).encode()).hexdigest()
