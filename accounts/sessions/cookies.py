"""The refresh token's cookie, for browsers that keep no secret in a script's reach."""

from django.conf import settings
from django.http import HttpResponseBase

from accounts.sessions.tokens import Tokens

NAME = "refresh_token"
PATH = "/api"


def remember(response: HttpResponseBase, tokens: Tokens) -> None:
    """Hand the refresh token over as a cookie that ends with the session."""
    response.set_cookie(
        NAME,
        tokens.refresh,
        expires=tokens.session.expires_at,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def forget(response: HttpResponseBase) -> None:
    """Take the cookie back."""
    response.delete_cookie(NAME, path=PATH, samesite="Strict")
