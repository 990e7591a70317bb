"""One call of Paystack's API: a deadline, a largest answer, and our own errors. https://paystack.com/docs/api"""

import json
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any, NamedTuple, TypeVar

import requests
from django.conf import settings
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from payments.gateways.base import RETRY_AFTER, GatewayRefused, GatewayUnavailable
from payments.models import GatewayOutage

T = TypeVar("T")

NAME = "paystack"
CONNECT, ANSWER = 2, 5  # seconds
LARGEST = 2 * 1024 * 1024  # a page of 100 transactions has about 300 KB
CHUNK = 64 * 1024
# A wrong key is mended here, not by whoever pays: the call may be made again.
TRANSIENT = (401, 403, 408, 409, 425, 429)
LONGEST_WAIT = 60


class Silence(GatewayUnavailable):
    """Paystack did not answer in time, or hung up."""


class Answer(NamedTuple):
    """What came back; `body` is None when it is not one of Paystack's."""

    status: int
    body: dict[str, Any] | None
    retry_after: int


class Bearer(AuthBase):
    """Signs a request with the secret key, which stands nowhere else. An entry in .netrc does not replace it."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {settings.PAYSTACK_SECRET_KEY}"
        return request


def call(method: str, path: str, *, query: Any = None, body: Any = None) -> dict[str, Any]:
    """Paystack's answer, whose `data` is what was asked for. No retries.

    Raises GatewayUnavailable when it may pass by itself, GatewayRefused when Paystack said no.
    """
    outage = GatewayOutage.of(NAME)
    if not outage.may_ask():
        raise GatewayUnavailable
    try:
        answer = within(CONNECT + ANSWER, lambda: fetch(method, path, query=query, body=body))
    except Silence:
        outage.note_silence()
        raise
    outage.note_answer()
    return understood(answer)


def within(seconds: float, function: Callable[[], T]) -> T:
    """What `function` returns, at most `seconds` later: looking up a name, or an answer that comes drop by drop, may
    take longer than the timeouts of a single read. Raises Silence.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(function())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    try:
        return future.result(seconds)
    except TimeoutError:
        raise Silence from None


def fetch(method: str, path: str, *, query: Any, body: Any) -> Answer:
    """Ask over the network. Raises Silence; its text, and what it hides, name neither key nor address."""
    try:
        with (
            requests.Session() as session,
            session.request(
                method,
                f"{settings.PAYSTACK_API_BASE.rstrip('/')}{path}",
                params=query,
                json=body,
                auth=Bearer(),
                headers={"Accept": "application/json", "Accept-Encoding": "identity"},
                timeout=(CONNECT, ANSWER),
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            content = content_of(response)
            wait = response.headers.get("Retry-After", "")
    except (requests.RequestException, HTTPError, OSError, ValueError):
        raise Silence from None
    return Answer(response.status_code, body_in(content), seconds_in(wait))


def content_of(response: requests.Response) -> bytes:
    """The body; nothing of one that is too large, or says that it is."""
    said = response.headers.get("Content-Length", "")
    if said.isdigit() and int(said) > LARGEST:
        return b""
    content = b""
    for chunk in response.iter_content(CHUNK):
        content += chunk
        if len(content) > LARGEST:
            return b""
    return content


def body_in(content: bytes) -> dict[str, Any] | None:
    """The JSON object with Paystack's `status`; None for anything else, which comes from something on the way."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) and isinstance(body.get("status"), bool) else None


def seconds_in(text: str) -> int:
    """How long to wait; a few seconds when Paystack does not say."""
    given = text.isascii() and text.isdigit() and len(text) < 9 and int(text)
    return min(int(given), LONGEST_WAIT) if given else RETRY_AFTER


def understood(answer: Answer) -> dict[str, Any]:
    """The body of a success. Raises GatewayUnavailable, GatewayRefused with Paystack's words."""
    status, body, retry_after = answer
    if body is None or status in TRANSIENT or not 200 <= status < 500:
        raise GatewayUnavailable(retry_after=retry_after)
    if status >= 300 or not body["status"]:
        raise GatewayRefused(words_of(body))
    return body


def words_of(body: dict[str, Any]) -> str | None:
    """Why Paystack refused, without our key, should it stand there; None when it does not say."""
    message = body.get("message")
    if not isinstance(message, str) or not message:
        return None
    key = settings.PAYSTACK_SECRET_KEY
    return (message.replace(key, "***") if key else message)[:300]
