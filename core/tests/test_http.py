"""Calls of other systems: in time, of bounded size, to the address that was looked at, whatever answers there."""

import datetime
import io
import ipaddress
import itertools
import logging
import socket
import ssl
import time
import traceback

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core import http
from core.testing.lines import answer, server

LIMITS = http.Limits(connect=1, answer=2, largest=1000)  # seconds that busy machines have, too
LONG = 30  # seconds, which no test waits


def ask(url, **more):
    return http.call("GET", url, **{"headers": {}, "limits": LIMITS, **more})


def saying(content):
    return server(lambda line: line.sendall(content))


def dripping(first):
    """A byte now and then, so that no single read is late."""

    def say(line):
        line.sendall(first)
        while True:
            line.sendall(b"x")
            time.sleep(0.05)

    return server(say)


def resolved_to(monkeypatch, *addresses):
    """Names have these addresses, one after the other; the names that were looked up."""
    real, names, answers = socket.getaddrinfo, [], itertools.chain(addresses, itertools.repeat("127.0.0.9"))

    def look_up(host, port, *args, **more):
        if host.startswith("127."):
            return real(host, port, *args, **more)
        names.append(host)
        found = next(answers)
        return [entry for each in found.split() for entry in real(each, port, *args, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return names


def test_an_answer_comes_with_its_status_and_headers():
    with saying(answer(b"[1]", "404 Not Found", X_Kind="a")) as there:
        found = ask(f"{there.base}/a/b?c=d%20e", headers={"Authorization": "Bearer x"})
        assert (found.status, found.headers["x-kind"], found.content) == (404, "a", b"[1]")
        first, *lines = there.asked[0].decode().strip().split("\r\n")
        assert first == "GET /a/b?c=d%20e HTTP/1.1"
        assert f"Host: 127.0.0.1:{there.port}" in lines
        assert "Authorization: Bearer x" in lines


def test_an_answer_without_a_length_is_read_to_its_end():
    with saying(b"HTTP/1.1 200 OK\r\n\r\nall of it") as there:
        assert ask(there.base).content == b"all of it"


def test_an_answer_is_written_to_a_file():
    with saying(answer(b"x" * 900)) as there:
        file = io.BytesIO()
        assert ask(there.base, into=file).content == b""
        assert file.getvalue() == b"x" * 900


@pytest.mark.parametrize(
    "content",
    [b"", b"nonsense\r\n\r\n", answer(b"cut", Content_Length="9"),
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200],
)  # fmt: skip
def test_an_answer_that_is_cut_or_none_is_silence(content):
    with saying(content) as there, pytest.raises(http.Silence):
        ask(there.base)


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nA: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_an_answer_drop_by_drop_ends_in_time_and_the_line_with_it(first):
    with dripping(first) as there:
        with pytest.raises(http.Silence):
            ask(there.base, limits=LIMITS._replace(largest=10**9))
        assert there.gone.wait(LONG)


def test_who_says_nothing_is_not_waited_for():
    with server(lambda line: time.sleep(LONG)) as there, pytest.raises(http.Silence):
        ask(there.base)


def test_nobody_listens():
    with pytest.raises(http.Silence):
        ask("http://127.0.0.1:1")


def test_a_name_that_is_looked_up_too_long_is_not_called_any_more(monkeypatch):
    names = resolved_to(monkeypatch, "127.0.0.1")
    look_up = socket.getaddrinfo

    def slow(host, *args, **more):
        time.sleep(0 if host.startswith("127.") else LIMITS.connect + 0.1)
        return look_up(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with saying(answer()) as there:
        with pytest.raises(http.Silence):
            ask(f"http://shop.example:{there.port}")
        assert (there.asked, names) == ([], ["shop.example"])


@pytest.mark.parametrize("length", ["1001", "99999999999"])
def test_an_answer_that_says_it_is_too_large_is_not_read(length):
    with saying(answer(b"x", Content_Length=length)) as there, pytest.raises(http.TooLarge):
        ask(there.base)


def test_an_answer_that_is_too_large_without_saying_so_is_not_read_to_its_end():
    with saying(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000) as there, pytest.raises(http.TooLarge):
        ask(there.base, into=io.BytesIO())


def test_a_redirect_is_an_answer_and_not_followed():
    with saying(answer(b"", "302 Found", Location="http://169.254.169.254/latest/meta-data/")) as there:
        assert ask(there.base).status == 302
        assert len(there.asked) == 1


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "file:///etc/passwd", "//a.example/", "http://", "http://user@127.0.0.1/",
            "http://a.example:pass@127.0.0.1/", "http://127.0.0.1:0/", "http://127.0.0.1:99999/", "http://[::1/"],
)  # fmt: skip
def test_what_is_no_plain_address_is_not_called(url):
    with pytest.raises(http.Forbidden):
        ask(url)


def test_each_address_of_a_name_is_asked_about(monkeypatch):
    resolved_to(monkeypatch, "127.0.0.1 127.0.0.5")
    asked = []

    def may_reach(host, address):
        asked.append((host, address))
        return address != "127.0.0.5"

    with saying(answer()) as there:
        with pytest.raises(http.Forbidden):
            ask(f"http://shop.example:{there.port}", may_reach=may_reach)
        assert not there.asked
    assert asked == [("shop.example", "127.0.0.1"), ("shop.example", "127.0.0.5")]


def test_the_address_that_was_asked_about_is_the_one_that_is_called(monkeypatch):
    """The name leads elsewhere when it is looked up again, where nobody listens."""
    names = resolved_to(monkeypatch, "127.0.0.1")
    with saying(answer(b"here")) as there:
        found = ask(f"http://shop.example:{there.port}", may_reach=lambda host, address: address == "127.0.0.1")
    assert (found.content, names) == (b"here", ["shop.example"])
    assert f"Host: shop.example:{there.port}".encode() in there.asked[0]


def test_the_next_address_is_tried(monkeypatch):
    resolved_to(monkeypatch, "127.0.0.7 127.0.0.1")
    with saying(answer(b"here")) as there:
        assert ask(f"http://shop.example:{there.port}").content == b"here"


@pytest.mark.parametrize(
    "url", ["http://2130706433:{}", "http://0177.0.0.1:{}", "http://0x7f000001:{}", "http://127.1:{}"]
)
def test_other_spellings_of_an_address_are_asked_about_as_what_they_are(url):
    with saying(answer()) as there:
        asked = []
        with pytest.raises(http.Forbidden):
            ask(url.format(there.port), may_reach=lambda host, address: asked.append(address))
        assert asked == ["127.0.0.1"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate of shop.example that signs itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop.example")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("shop.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.2"))]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("authority") / "both.pem"
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(encoding))
    return path


@pytest.fixture
def encrypted(authority, monkeypatch):
    """A server that has the certificate, which is trusted, and the names that clients asked it for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    names = []
    context.sni_callback = lambda line, name, _: names.append(name)
    trusted = ssl.create_default_context(cafile=authority)
    monkeypatch.setattr(http, "tls", lambda: trusted)
    with server(lambda line: line.sendall(answer(b"here")), context) as there:
        there.names = names
        yield there


def test_a_certificate_is_checked_for_the_name_and_not_for_the_address(encrypted, monkeypatch):
    resolved_to(monkeypatch, "127.0.0.1")
    assert ask(f"https://shop.example:{encrypted.port}").content == b"here"
    assert encrypted.names == ["shop.example"]
    assert f"Host: shop.example:{encrypted.port}".encode() in encrypted.asked[0]


def test_a_certificate_of_another_name_is_none(encrypted, monkeypatch):
    resolved_to(monkeypatch, "127.0.0.1")
    with pytest.raises(http.Silence):
        ask(f"https://other.example:{encrypted.port}")
    assert not any(encrypted.asked)


@pytest.mark.parametrize("secret", ["s3cret-token\n", "s3cret-token\u20ac", "s3cret-token"])
def test_a_secret_stands_in_no_error_and_no_log(secret, caplog):
    caplog.set_level(logging.DEBUG)
    with saying(b"") as there, pytest.raises(http.Silence) as failed:
        ask(there.base, headers={"Authorization": secret})
    assert "s3cret" not in "".join(traceback.format_exception(failed.value)) + caplog.text
