"""What Google is asked over the network: its public keys, and the token behind a code."""

import json
import time
from typing import Any, NamedTuple

import requests
from django.conf import settings
from django.core.cache import cache
from urllib3.exceptions import HTTPError

from accounts.google.errors import GoogleUnavailable, InvalidGoogleToken

CONNECT, SILENCE, ANSWER = 2, 3, 5  # seconds to connect, of silence, until all of the answer is here
LARGEST = 256 * 1024
# Google shows a new key long before it signs with it.
KEYS_KEPT = 3600


class Answer(NamedTuple):
    """What came back, as google-auth reads it."""

    status: int
    data: bytes


def certificates(url: str, method: str = "GET", **_: Any) -> Answer:
    """Google's public keys, asked for once an hour; in the form of google-auth's transports.

    Raises GoogleUnavailable when there are none to be had.
    """
    key = f"google:keys:{url}"
    data = cache.get(key)
    if data is None:
        data = json.dumps(object_in(fetch(method, url), or_else=GoogleUnavailable)).encode()
        cache.set(key, data, KEYS_KEPT)
    return Answer(200, data)


def id_token_for(code: str, *, redirect_uri: str) -> str:
    """The ID token that Google gives for the code of a redirect. Raises InvalidGoogleToken, GoogleUnavailable."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": settings.GOOGLE_CLIENT_ID,
        "client_secret": settings.GOOGLE_CLIENT_SECRET,
        "redirect_uri": redirect_uri,
    }
    answer = fetch("POST", settings.GOOGLE_TOKEN_URL, form=form)
    token = object_in(answer, or_else=InvalidGoogleToken).get("id_token")
    if not isinstance(token, str):
        raise InvalidGoogleToken
    return token


def object_in(answer: Answer, *, or_else: type[GoogleUnavailable | InvalidGoogleToken]) -> dict[str, Any]:
    """The JSON object of a success; `or_else` is raised for a refusal, GoogleUnavailable for anything else."""
    if 400 <= answer.status < 500 and answer.status != 429:
        raise or_else
    try:
        value = json.loads(answer.data)
    except (ValueError, RecursionError) as error:
        raise GoogleUnavailable from error
    if answer.status != 200 or not isinstance(value, dict) or not value:
        raise GoogleUnavailable
    return value


def fetch(method: str, url: str, *, form: dict[str, str] | None = None) -> Answer:
    """One request, without redirects or another try. Raises GoogleUnavailable."""
    end = time.monotonic() + ANSWER
    try:
        with requests.request(
            method, url, data=form, timeout=(CONNECT, SILENCE), allow_redirects=False, stream=True
        ) as response:
            content = bytearray()
            # Byte by byte, so that an answer that drips does not outlast the deadline.
            for byte in response.iter_content(1):
                content += byte
                if len(content) > LARGEST or time.monotonic() > end:
                    raise GoogleUnavailable
            return Answer(response.status_code, bytes(content))
    except (requests.RequestException, HTTPError, OSError, ValueError):
        raise GoogleUnavailable from None  # what it hides holds the client's secret
