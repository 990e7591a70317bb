"""The refresh token's cookie, for browsers that keep no secret in a script's reach."""

from django.conf import settings
from django.http import HttpResponseBase

from accounts.sessions.faces import cookie_path
from accounts.sessions.tokens import Tokens

NAME = "refresh_token"


def remember(response: HttpResponseBase, tokens: Tokens) -> None:
    """Hand the refresh token over as a cookie that ends with the session."""
    response.set_cookie(
        NAME,
        tokens.refresh,
        expires=tokens.session.expires_at,
        path=cookie_path(tokens.session.face),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def forget(response: HttpResponseBase, *, face: str) -> None:
    """Take the cookie of this face back."""
    response.delete_cookie(NAME, path=cookie_path(face), samesite="Strict")
