"""Who is asking: the bearer token of the Authorization header."""

from typing import Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import Session, User
from accounts.sessions.tokens import InvalidToken, session_of


class SessionTokenAuthentication(BaseAuthentication):
    """Knows the user by an access token whose session lives; `request.auth` is that session."""

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        """The user and session; None without a bearer token; InvalidToken (401) for a bad one."""
        token = bearer_token(request)
        if token is None:
            return None
        session = session_of(token)
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        """What WWW-Authenticate says."""
        return "Bearer"


def bearer_token(request: Request) -> str | None:
    """The token of `Authorization: Bearer …`; InvalidToken for a header that is not of this form."""
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    if not scheme:
        return None
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidToken
    return token.strip()


def user_of(request: Request) -> User:
    """The signed-in user, at an endpoint that strangers cannot reach."""
    return cast(User, request.user)


def request_session(request: Request) -> Session:
    """The session of the token that the request carries, at an endpoint that strangers cannot reach."""
    return cast(Session, request.auth)


class BearerScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document names it."""

    target_class = SessionTokenAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """HTTP bearer with a JWT."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
