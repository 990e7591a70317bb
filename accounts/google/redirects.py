"""The way to Google and back: what the browser keeps meanwhile, so that nobody else's answer is taken for its own."""

import secrets
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare

from accounts.google.client import id_token_for
from accounts.google.errors import GoogleUnavailable, InvalidGoogleToken
from accounts.google.identities import Identity, identity_of

SALT = "accounts.google"
LIFE = 600  # seconds


class Departure(NamedTuple):
    """Where the browser is sent, and what it keeps in a cookie until it is back."""

    url: str
    kept: str


def depart(*, redirect_uri: str) -> Departure:
    """To Google, with a new state and nonce. Raises GoogleUnavailable where that is not set up."""
    if not (settings.GOOGLE_CLIENT_ID and settings.GOOGLE_CLIENT_SECRET):
        raise GoogleUnavailable
    state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    query = {
        "client_id": settings.GOOGLE_CLIENT_ID,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": "openid email profile",
        "state": state,
        "nonce": nonce,
    }
    return Departure(f"{settings.GOOGLE_AUTH_URL}?{urlencode(query)}", signing.dumps([state, nonce], salt=SALT))


def arrive(*, kept: str, state: str, code: str, redirect_uri: str) -> Identity:
    """Whom Google sent back, if this browser left with that state. Raises InvalidGoogleToken, GoogleUnavailable."""
    if not (settings.GOOGLE_CLIENT_ID and settings.GOOGLE_CLIENT_SECRET):
        raise GoogleUnavailable
    try:
        sent, nonce = signing.loads(kept, salt=SALT, max_age=LIFE)
    except signing.BadSignature as error:
        raise InvalidGoogleToken from error
    if not code or not constant_time_compare(sent, state):
        raise InvalidGoogleToken
    return identity_of(id_token_for(code, redirect_uri=redirect_uri), nonce=nonce)
