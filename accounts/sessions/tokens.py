"""Sessions and their tokens: opening, refreshing, ending."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.utils import timezone
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError

from accounts.models import Session, User
from accounts.sessions.faces import session_life, token_life
from core.errors import NotAuthenticated

ALGORITHM = "HS256"
ACCESS, REFRESH = "access", "refresh"
# A token of before there were faces does not name one.
DEFAULT_FACE = "shop"
CLAIMS = frozenset({"exp", "iat", "jti", "sid", "type", "user_id"})


class InvalidToken(NotAuthenticated):
    """The token is missing, malformed, expired or revoked."""

    code = "invalid_token"
    message = "The token is invalid or has expired."


@dataclass(frozen=True)
class Tokens:
    """What a client gets: two JWTs and the access token's life in seconds."""

    session: Session
    access: str
    refresh: str
    expires_in: int


def open_session(
    *, user: User, face: str = DEFAULT_FACE, ip_address: str | None = None, user_agent: str = ""
) -> Tokens:
    """A new session of `user` at this face, and its tokens, which are good there alone."""
    session = Session.objects.create(
        user=user,
        face=face,
        refresh_jti=uuid.uuid4().hex,
        expires_at=timezone.now() + session_life(face),
        ip_address=ip_address or None,
        user_agent=user_agent[:200],
    )
    return issue(session)


def issue(session: Session) -> Tokens:
    """Tokens of `session`; neither outlives it."""
    left = session.expires_at - timezone.now()
    life = min(token_life(session.face), left)
    access = encode(session, ACCESS, jti=uuid.uuid4().hex, life=life)
    refresh = encode(session, REFRESH, jti=session.refresh_jti, life=left)
    return Tokens(session, access, refresh, int(life.total_seconds()))


def encode(session: Session, kind: str, *, jti: str, life: timedelta) -> str:
    """A JWT. Its claims are ASCII without `>`, `?` and `~`, so that the payload has no `-` or `_` for `atob`."""
    now = timezone.now()
    claims = {
        "user_id": session.user_id,
        "role": session.user.role,
        "sid": session.id.hex,
        "face": session.face,
        "type": kind,
        "jti": jti,
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
    }
    return signer().encode(claims)


def decode(token: str, kind: str) -> dict[str, Any]:
    """The claims of a genuine, unexpired token of this kind. Raises InvalidToken."""
    try:
        claims = signer().decode(cast(Any, token))  # its hint names a class, its code takes the text
    except (TokenBackendError, ValueError) as error:
        raise InvalidToken from error
    if not claims.keys() >= CLAIMS or claims["type"] != kind:
        raise InvalidToken
    return claims


def signer() -> TokenBackend:
    """What signs and verifies, with the key of this moment's settings."""
    return TokenBackend(ALGORITHM, settings.JWT_SECRET_KEY)


def session_of(token: str, *, face: str) -> Session:
    """The living session behind an access token of this face, with its user; one query. Raises InvalidToken."""
    return living_session(decode(token, ACCESS), face=face)


def session_of_refresh(token: str, *, face: str) -> tuple[Session, str]:
    """The living session behind a refresh token that is still good, and the token's jti.

    One that comes back after its time was copied: its whole session ends (RFC 9700, 4.14.2). Raises InvalidToken.
    """
    claims = decode(token, REFRESH)
    session = living_session(claims, face=face)
    if not session.accepts(claims["jti"]):
        Session.objects.filter(pk=session.pk).revoke()
        raise InvalidToken
    return session, claims["jti"]


def living_session(claims: dict[str, Any], *, face: str) -> Session:
    """The session that these claims name, if it lives and belongs to this face and user. Raises InvalidToken."""
    if claims.get("face", DEFAULT_FACE) != face:
        raise InvalidToken
    session = Session.objects.alive().select_related("user").filter(pk=claims["sid"], face=face).first()
    if session is None or session.user_id != claims["user_id"]:
        raise InvalidToken
    return session


def refresh_with_access(*, token: str, face: str) -> Tokens:
    """New tokens for an unexpired access token, as the contract has it. Raises InvalidToken.

    The refresh token stays the one that it was, so that two windows may do this at once.
    """
    return issue(session_of(token, face=face))


def refresh_with_refresh(*, token: str, face: str) -> Tokens:
    """New tokens for a refresh token, which is good once.

    For a few seconds more it is answered with the newest of its session (two windows at once, an answer that was
    lost), so that each who asks ends with a token that lives on. Raises InvalidToken.
    """
    session, jti = session_of_refresh(token, face=face)
    if jti == session.refresh_jti and not rotate(session):
        session, _ = session_of_refresh(token, face=face)  # another request was faster: its token is the newest
    return issue(session)


def rotate(session: Session) -> bool:
    """Put a new refresh token in place of the old one, by one conditional update; whether that was still current."""
    old, new = session.refresh_jti, uuid.uuid4().hex
    current = Session.objects.filter(pk=session.pk, refresh_jti=old)
    session.refresh_jti = new
    return bool(current.update(refresh_jti=new, previous_jti=old, rotated_at=timezone.now()))


def end_others(*, user: User, keep: Session | None = None) -> None:
    """End every session of `user` but `keep`."""
    sessions = user.sessions.all()
    (sessions.exclude(pk=keep.pk) if keep else sessions).revoke()
