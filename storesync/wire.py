"""One call of a shop or the ERP: JSON both ways, deadlines, no private address, and errors that say what is wrong."""

import json
import time
from collections.abc import Mapping
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from core import http
from core.errors import DomainError
from storesync import values
from storesync.connectors.addresses import is_public_address

LIMITS = http.Limits(connect=5, answer=15, largest=20 * 1024 * 1024)
OF_FILES = http.Limits(connect=5, answer=300, largest=1024 * 1024 * 1024)
WAIT, LONGEST_WAIT = 5, 300  # seconds, where the other side asks us to wait and does not say how long
# Not now: request timeout, locked (a frozen shop), too early, payment required (an unpaid one).
TRANSIENT = (402, 408, 423, 425)
LONGEST_WORDS = 300


class CallFailed(DomainError):
    """A shop or the ERP could not be asked, or refused. No text holds a secret."""

    code = "call_failed"


class Unreachable(CallFailed):
    """It did not answer, hung up, or is out of order. What was asked may have been done all the same."""

    code = "unreachable"
    message = "It does not answer. Try again later."


class ForbiddenAddress(CallFailed):
    """Its address leads into a private network, or is none. Nothing was sent."""

    code = "forbidden_address"
    message = "Its address cannot be called."


class RefusedCredentials(CallFailed):
    """Its keys or token are not good, or not any more: asking again does not help."""

    code = "credentials_refused"
    message = "It refused the credentials."


class Throttled(CallFailed):
    """It asks us to wait `retry_after` seconds. Nothing was done."""

    code = "throttled"
    message = "It asks us to wait."


class BadAnswer(CallFailed):
    """What came back is not what its API answers: a page for people, a redirect, half a text, too much of it."""

    code = "bad_answer"
    message = "Its answer cannot be read. Is the address right?"


class Rejected(CallFailed):
    """It understood and refused; `message` is its reason, `answered` its HTTP status."""

    code = "rejected"
    message = "It refused what was asked."

    def __init__(self, message: str | None = None, *, answered: int = 200) -> None:
        super().__init__(message)
        self.answered = answered


class OutOfTime(CallFailed):
    """Somebody waits for the answer, and it takes too long; the next call was not made."""

    code = "out_of_time"
    message = "It takes long. It is read on in the background: ask again in a minute."


def in_time(ends_at: float | None) -> None:
    """Raises OutOfTime after this moment of `time.monotonic()`; None never comes."""
    if ends_at is not None and time.monotonic() > ends_at:
        raise OutOfTime


class Reply(NamedTuple):
    """A success: its body, with Decimals for floats, and its headers by their names in lower case."""

    body: Any
    headers: Mapping[str, str]


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None,
    body: Any = None,
    secrets: tuple[str, ...] = (),
) -> Reply:
    """The answer of an API. Decimals in `body` are written as texts; `secrets` are covered where it repeats them.

    Raises each of the errors above. Nothing is asked twice.
    """
    sent = None if body is None else json.dumps(body, default=str).encode()
    said = {"Accept": "application/json", **({} if body is None else {"Content-Type": "application/json"})}
    asked = f"{url}{'?' * bool(query)}{urlencode(query or {})}"
    return understood(exchanged(method, asked, headers={**said, **(headers or {})}, body=sent), secrets)


def download(url: str, into: BinaryIO) -> None:
    """Write a file, whose address is a key to it. Raises CallFailed."""
    answer = exchanged("GET", url, headers={}, limits=OF_FILES, into=into)
    if answer.status != 200:
        raise Unreachable


def exchanged(method: str, url: str, *, limits: http.Limits | None = None, **more: Any) -> http.Answer:
    """Raises Unreachable, ForbiddenAddress, BadAnswer."""
    try:
        return http.call(method, url, limits=limits or LIMITS, may_reach=may_reach, **more)
    except http.Silence:
        raise Unreachable from None
    except http.Forbidden:
        raise ForbiddenAddress from None
    except http.TooLarge:
        raise BadAnswer("Its answer is too large.") from None


def may_reach(host: str, address: str) -> bool:
    """Whether a merchant's host may be called at this address."""
    return settings.MOCK_MODE or host in settings.SYNC_PRIVATE_HOSTS or is_public_address(address)


def place(url: str, *, mock: str) -> str:
    """The same path at the stand-in, in MOCK_MODE."""
    if not settings.MOCK_MODE:
        return url
    parts = urlsplit(url)
    return f"{mock}{parts.path}{'?' * bool(parts.query)}{parts.query}"


def understood(answer: http.Answer, secrets: tuple[str, ...]) -> Reply:
    """Raises what the status means."""
    status = answer.status
    if status == 429:
        raise Throttled(retry_after=http.seconds_to_wait(answer, default=WAIT, longest=LONGEST_WAIT))
    if status >= 500 or status in TRANSIENT:
        raise Unreachable
    if status == 401:
        raise RefusedCredentials
    try:
        body = values.parse(answer.content, LIMITS.largest)
    except values.Unreadable:
        raise BadAnswer from None
    if status == 403:  # with a page for people it comes from a firewall, which knows no credentials
        raise RefusedCredentials
    if 300 <= status < 400:
        raise BadAnswer("It leads to another address. Connect it by that one.")
    if status >= 400:
        raise Rejected(words_in(body, secrets), answered=status)
    return Reply(body, answer.headers)


def words_in(body: Any, secrets: tuple[str, ...]) -> str | None:
    """The reason that an error's body gives, if it does, without our secrets."""
    found = body
    for name in ("error_description", "errors", "error", "message"):
        if isinstance(found, dict) and name in found:
            found = found[name]
    if not isinstance(found, str) or not found:
        return None
    for secret in secrets:
        found = found.replace(secret, "***") if secret else found
    return values.text(found, LONGEST_WORDS)
