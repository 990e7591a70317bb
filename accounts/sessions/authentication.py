"""Who is asking: the bearer token of the Authorization header, under some addresses also the cookie."""

from typing import Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import Session, User
from accounts.sessions import cookies
from accounts.sessions.faces import face_of, origins_of
from accounts.sessions.tokens import InvalidToken, session_of, session_of_refresh
from core.errors import NotAuthenticated, PermissionRefused


class SessionTokenAuthentication(BaseAuthentication):
    """Knows the user by an access token of the request's face whose session lives; `request.auth` is that session."""

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        """The user and session; None without a bearer token; InvalidToken (401) for a bad one."""
        token = bearer_token(request)
        if token is None:
            return None
        session = session_of(token, face=face_of(request._request))
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        """What WWW-Authenticate says."""
        return "Bearer"


class ForeignOrigin(PermissionRefused):
    """A page of another site sent the cookie."""

    code = "foreign_origin"
    message = "This site may not use the cookie."


class CookieAuthentication(SessionTokenAuthentication):
    """Takes the refresh token's cookie where there is no bearer token: for the few calls about the sign-in itself.

    A page that sends it must be of an allowed site: cookies come with requests that the user never meant to send.
    """

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        """The user and session; None without token and cookie; InvalidToken (401), ForeignOrigin (403)."""
        if known := super().authenticate(request):
            return known
        session = cookie_session(request)
        return (session.user, session) if session else None


def cookie_session(request: Request) -> Session | None:
    """The session behind the cookie; None without one. Raises InvalidToken, ForeignOrigin."""
    cookie = request.COOKIES.get(cookies.NAME)
    if not cookie:
        return None
    session, _ = session_of_refresh(cookie, face=face_of(request._request))
    if not comes_from_allowed_site(request):
        raise ForeignOrigin
    return session


def comes_from_allowed_site(request: Request) -> bool:
    """Whether no web page sent this, or one of a site that may use the face's cookie."""
    origin = request.headers.get("Origin")
    return origin is None or origin in origins_of(face_of(request._request))


def bearer_token(request: Request) -> str | None:
    """The token of `Authorization: Bearer …`; InvalidToken for another header, NotAuthenticated for an empty one."""
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    if not scheme:
        return None
    if scheme.lower() != "bearer":
        raise InvalidToken
    if not token.strip():
        raise NotAuthenticated
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


class CookieScheme(OpenApiAuthenticationExtension):
    """The cookie, or a bearer token, which `BearerScheme` names."""

    target_class = CookieAuthentication
    name = "cookie"

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        return [{"cookie": []}, {BearerScheme.name: []}]

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": cookies.NAME}
