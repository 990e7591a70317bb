"""Who a person is, as Google says it in an ID token. https://developers.google.com/identity/gsi/web/guides"""

from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import id_token
from jwt.exceptions import PyJWTError

from accounts.emails import normalize
from accounts.google.client import certificates
from accounts.google.errors import GoogleUnavailable, InvalidGoogleToken
from core.text import one_line

ISSUERS = ("accounts.google.com", "https://accounts.google.com")
CLOCK_SKEW = 10  # seconds
SUBJECT_LENGTH = 255
# What reading a token of a stranger's making may end in.
UNREADABLE = (GoogleAuthError, PyJWTError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Identity:
    """A Google account. `email` is its verified address in our spelling; "" when there is none."""

    subject: str
    email: str
    first_name: str
    last_name: str


def identity_of(token: str, *, nonce: str | None = None) -> Identity:
    """Whose ID token this is, made by Google for us, with this nonce where one was given.

    Raises InvalidGoogleToken, GoogleUnavailable.
    """
    claims = claims_of(token)
    if nonce is not None and not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise InvalidGoogleToken
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LENGTH:
        raise InvalidGoogleToken
    email = verified_email(claims)
    first, last = name_in(claims)
    return Identity(subject, email, first or email.partition("@")[0][:100], last)


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token whose signature, audience, issuer and time are right."""
    if not settings.GOOGLE_CLIENT_ID:
        raise GoogleUnavailable
    try:
        claims = id_token.verify_token(
            token,
            cast(Any, certificates),  # its hint names a class, its code calls it
            audience=settings.GOOGLE_CLIENT_ID,
            certs_url=settings.GOOGLE_CERTS_URL,
            clock_skew_in_seconds=CLOCK_SKEW,
        )
    except UNREADABLE as error:
        raise InvalidGoogleToken from error
    if claims.get("iss") not in ISSUERS:
        raise InvalidGoogleToken
    return dict(claims)


def verified_email(claims: dict[str, Any]) -> str:
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return ""
    try:
        return normalize(email)
    except ValidationError:
        return ""


def name_in(claims: dict[str, Any]) -> tuple[str, str]:
    """First and last name, as far as Google knows them."""
    first, last, whole = (
        one_line(value)[:100] if isinstance(value := claims.get(key), str) else ""
        for key in ("given_name", "family_name", "name")
    )
    return first or whole, last
