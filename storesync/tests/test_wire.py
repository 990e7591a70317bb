"""Calls of shops and the ERP: where they may go, what an answer means, and that no secret gets out."""

import io
import logging
import traceback

import pytest

from core import http
from core.testing.lines import answer, server
from storesync import wire

SECRET = "s3cret-token"
SET_LIMITS = wire.LIMITS


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(wire, "LIMITS", http.Limits(connect=1, answer=1, largest=1000))


@pytest.fixture
def said(settings):
    """A server of our own network that gives this answer."""
    settings.SYNC_PRIVATE_HOSTS = ["127.0.0.1"]

    def ask(content, **more):
        with server(lambda line: line.sendall(content)) as there:
            ask.asked = there.asked
            return wire.call("GET", f"{there.base}/x", **more)

    return ask


def test_the_deadlines():
    assert (SET_LIMITS.connect, SET_LIMITS.answer) == (5, 15)


def test_numbers_with_a_point_keep_their_digits(said):
    reply = said(answer(b'{"price": 0.10000000000000000001}', X_Page="2"))
    assert (str(reply.body["price"]), reply.headers["x-page"]) == ("0.10000000000000000001", "2")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (answer(b"<html>Just a moment...</html>"), wire.BadAnswer),
        (answer(b""), wire.BadAnswer),
        (answer(b"\xff{}"), wire.BadAnswer),
        (answer(b"[" * 900), wire.BadAnswer),
        (answer(b"x" * 1001), wire.BadAnswer),
        (answer(b"{}", "302 Found", Location="http://169.254.169.254/"), wire.BadAnswer),
        (answer(b"", "301 Moved"), wire.BadAnswer),
        (answer(b"<html>", "403 Forbidden"), wire.BadAnswer),
        (answer(b"{}", "403 Forbidden"), wire.RefusedCredentials),
        (answer(b"<html>", "401 No"), wire.RefusedCredentials),
        (answer(b"{}", "402 Pay"), wire.Unreachable),
        (answer(b"{}", "423 Locked"), wire.Unreachable),
        (answer(b"{}", "500 No"), wire.Unreachable),
        (answer(b"<html>", "502 No"), wire.Unreachable),
        (answer(b"{}", "429 Slow"), wire.Throttled),
        (answer(b"{}", "404 None"), wire.Rejected),
        (b"", wire.Unreachable),
        (answer(b"{", Content_Length="9"), wire.Unreachable),
    ],
)
def test_what_an_answer_means(said, content, error):
    with pytest.raises(wire.CallFailed) as failed:
        said(content)
    assert type(failed.value) is error
    assert len(said.asked) == 1


@pytest.mark.parametrize(
    ("said_so", "seconds"), [("7", 7), ("2.0", 5), ("x", 5), ("-1", 5), ("99999", 300), ("0", 5), ("\u0663", 5)]
)
def test_how_long_to_wait(said_so, seconds):
    with pytest.raises(wire.Throttled) as put_off:
        wire.understood(http.Answer(429, {"retry-after": said_so}, b""), ())
    assert put_off.value.retry_after == seconds


@pytest.mark.parametrize(
    "body",
    [
        b'{"message": "No %s"}', b'{"errors": "No %s"}', b'{"error": "x", "error_description": "No %s"}',
        b'{"error": {"message": "No %s"}}',
    ],
)  # fmt: skip
def test_a_reason_is_told_without_our_secret(said, body):
    with pytest.raises(wire.Rejected, match=r"^No \*\*\*$") as refused:
        said(answer(body % SECRET.encode(), "422 No"), secrets=(SECRET, ""))
    assert refused.value.answered == 422


@pytest.mark.parametrize("body", [b'{"errors": {"query": ["x"]}}', b"[]", b'{"message": 5}', b'{"message": ""}'])
def test_a_reason_that_cannot_be_read_is_none(said, body):
    with pytest.raises(wire.Rejected, match="It refused what was asked"):
        said(answer(body, "400 No"))


def test_a_lone_surrogate_in_a_reason_can_be_stored(said):
    with pytest.raises(wire.Rejected) as refused:
        said(answer(b'{"message": "\\ud800"}', "400 No"))
    refused.value.message.encode()


@pytest.mark.parametrize("content", [b"", answer(b"<html>"), answer(b"{}", "401 No"), answer(b"{}", "400 No")])
def test_a_secret_stands_in_no_error_and_no_log(said, content, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(wire.CallFailed) as failed:
        said(content, headers={"Authorization": f"Bearer {SECRET}"}, body={"client_secret": SECRET})
    assert SECRET not in "".join(traceback.format_exception(failed.value)) + caplog.text


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "127.1",
        "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[fe80::1]", "[fc00::1]", "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]", "[ff02::1]",
    ],
)  # fmt: skip
def test_no_private_address_is_called(host):
    with server(lambda line: line.sendall(answer())) as there:
        for url in (f"http://{host}:{there.port}/", f"https://{host}:{there.port}/"):
            with pytest.raises(wire.ForbiddenAddress):
                wire.call("GET", url)
            with pytest.raises(wire.ForbiddenAddress):
                wire.download(url, io.BytesIO())
        assert not there.asked


@pytest.mark.parametrize("url", ["http://user@example.com/", "http://example.com:0/", "ftp://example.com/"])
def test_no_strange_address_is_called(url):
    with pytest.raises(wire.ForbiddenAddress):
        wire.call("GET", url)


def test_hosts_of_our_own_network_are_called_by_their_name_alone(settings):
    settings.SYNC_PRIVATE_HOSTS = ["localhost"]
    with server(lambda line: line.sendall(answer(b"[]"))) as there:
        assert wire.call("GET", f"http://localhost:{there.port}/").body == []
        with pytest.raises(wire.ForbiddenAddress):
            wire.call("GET", there.base)


@pytest.mark.parametrize(
    ("is_on", "place"),
    [(False, "https://shop.example.com/a/b?c=d"), (True, "http://localhost:4001/a/b?c=d")],
)
def test_mock_mode_changes_the_host_alone(settings, is_on, place):
    settings.MOCK_MODE = is_on
    assert wire.place("https://shop.example.com/a/b?c=d", mock="http://localhost:4001") == place


@pytest.mark.parametrize("status", ["404 None", "302 Found"])
def test_a_file_that_is_not_there(settings, status):
    settings.MOCK_MODE = True
    with server(lambda line: line.sendall(answer(b"", status))) as there, pytest.raises(wire.Unreachable):
        wire.download(there.base, io.BytesIO())
