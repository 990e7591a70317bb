"""One call of Paystack's API: a deadline, a largest answer, and our own errors. https://paystack.com/docs/api"""

import json
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings

from core import http
from payments.gateways.base import RETRY_AFTER, GatewayRefused, GatewayUnavailable
from payments.models import GatewayOutage

NAME = "paystack"
CONNECT, ANSWER = 2, 5  # seconds
LARGEST = 2 * 1024 * 1024  # a page of 100 transactions has about 300 KB
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


def call(method: str, path: str, *, query: Any = None, body: Any = None) -> dict[str, Any]:
    """Paystack's answer, whose `data` is what was asked for. No retries.

    Raises GatewayUnavailable when it may pass by itself, GatewayRefused when Paystack said no.
    """
    outage = GatewayOutage.of(NAME)
    if not outage.may_ask():
        raise GatewayUnavailable
    try:
        answer = fetch(method, path, query=query, body=body)
    except Silence:
        outage.note_silence()
        raise
    outage.note_answer()
    return understood(answer)


def fetch(method: str, path: str, *, query: Any, body: Any) -> Answer:
    """Ask over the network. Raises Silence; its text, and what it hides, name neither key nor address."""
    url = f"{settings.PAYSTACK_API_BASE.rstrip('/')}{path}{'?' * bool(query)}{urlencode(query or {})}"
    headers = {
        "Accept": "application/json",
        "Authorization": f"Bearer {settings.PAYSTACK_SECRET_KEY}",
        **({} if body is None else {"Content-Type": "application/json"}),
    }
    sent = None if body is None else json.dumps(body).encode()
    limits = http.Limits(CONNECT, ANSWER, LARGEST)
    try:
        answer = http.call(method, url, headers=headers, body=sent, limits=limits)
    except http.TooLarge:
        return Answer(200, None, RETRY_AFTER)
    except (http.Silence, http.Forbidden):
        raise Silence from None
    wait = http.seconds_to_wait(answer, default=RETRY_AFTER, longest=LONGEST_WAIT)
    return Answer(answer.status, body_in(answer.content), wait)


def body_in(content: bytes) -> dict[str, Any] | None:
    """The JSON object with Paystack's `status`; None for anything else, which comes from something on the way."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) and isinstance(body.get("status"), bool) else None


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
