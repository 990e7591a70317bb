"""The limit of a body holds under ASGI, where it comes in messages and perhaps without a length."""

import asyncio
import json

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application

from core.web.bodies import Counted, limited

LIMIT = 100


@pytest.fixture(autouse=True)
def small(settings):
    settings.API_MAX_BODY = LIMIT


def send(path, *parts, headers=(), then=()):
    """The status and the JSON of the answer to a body in parts."""

    async def talk():
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path}
        scope |= {"query_string": b"", "headers": [(b"host", b"localhost"), *headers], "client": ("127.0.0.1", 1)}
        server = ApplicationCommunicator(limited(get_asgi_application()), scope)
        for index, part in enumerate(parts):
            await server.send_input({"type": "http.request", "body": part, "more_body": index < len(parts) - 1})
        start = await server.receive_output(timeout=20)
        body = b""
        while (message := await server.receive_output(timeout=20)).get("more_body"):
            body += message["body"]
        return start["status"], json.loads(body + message["body"])

    return asyncio.run(talk())


JSON = (b"content-type", b"application/json")


def test_a_large_body_without_a_length_is_refused():
    status, body = send("/api/nothing", *[b"x" * 60] * 50, headers=[JSON])
    assert (status, body["code"]) == (413, "body_too_large")


def test_a_large_body_with_a_length_is_refused():
    status, body = send("/api/nothing", b"x" * 101, headers=[JSON, (b"content-length", b"101")])
    assert (status, body["code"]) == (413, "body_too_large")


def test_a_body_without_a_length_is_read():
    status, body = send("/api/rentals/quote", b'{"colour"', b': "red"}', headers=[JSON])
    assert (status, body["code"]) == (400, "invalid")
    assert "colour" in body["details"]


def test_what_is_too_much_is_dropped_and_not_kept():
    asked = [{"type": "http.request", "body": b"x" * 60, "more_body": True} for _ in range(1000)]
    messages = iter([*asked, {"type": "http.disconnect"}])

    async def receive():
        return next(messages)

    async def read():
        counted = Counted(receive, LIMIT + 1)
        body, more = b"", True
        while more:
            message = await counted()
            body, more = body + message["body"], message["more_body"]
        return body, await counted()

    body, last = asyncio.run(read())
    assert (len(body), last) == (LIMIT + 1, {"type": "http.disconnect"})


def test_what_is_no_api_is_handed_on_as_it_is():
    seen = []

    async def inner(scope, receive, send):
        seen.append(receive)

    async def receive():
        raise AssertionError

    asyncio.run(limited(inner)({"type": "http", "path": "/admin/"}, receive, None))
    asyncio.run(limited(inner)({"type": "lifespan"}, receive, None))
    assert seen == [receive, receive]
