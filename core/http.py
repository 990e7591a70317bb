"""One call over HTTP to another system: in time, of bounded size, to an address that was looked at. No redirects."""

import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from functools import cache
from threading import Thread
from typing import BinaryIO, NamedTuple, TypeVar
from urllib.parse import SplitResult, urlsplit

import certifi

T = TypeVar("T")

CHUNK = 64 * 1024
MOST_ADDRESSES = 3  # of one name that are tried
PORTS = {"https": 443, "http": 80}


class Silence(Exception):
    """Nobody answered, or not in time, or they hung up. Its text, and what it hides, name no secret."""


class TooLarge(Exception):
    """The answer is larger than we read."""


class Forbidden(Exception):
    """The address is none that we call. Nothing was sent."""


class Limits(NamedTuple):
    """Seconds until we are connected (looking up the name counts), seconds from there on, and bytes of the answer."""

    connect: float
    answer: float
    largest: int


class Answer(NamedTuple):
    """What came back. Names of headers are in lower case; `content` is empty where it was written to a file."""

    status: int
    headers: Mapping[str, str]
    content: bytes


MayReach = Callable[[str, str], bool]


def anywhere(host: str, address: str) -> bool:
    """For calls whose address stands in our own settings."""
    return True


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    limits: Limits,
    body: bytes | None = None,
    may_reach: MayReach = anywhere,
    into: BinaryIO | None = None,
) -> Answer:
    """The answer, whatever its status, with its body in `into` where that is given. No retries, no proxies.

    `may_reach` is asked about a host and each address that its name has; the address that was asked about is the one
    that is connected to. Raises Silence, TooLarge, Forbidden.
    """
    line = Line(_parts(url), limits, may_reach)
    try:
        return within(limits.connect + limits.answer, lambda: line.exchange(method, headers, body, into))
    except (OSError, http.client.HTTPException, ValueError):
        raise Silence from None
    finally:
        line.hang_up()


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


class Line:
    """The one connection of a call."""

    def __init__(self, parts: SplitResult, limits: Limits, may_reach: MayReach) -> None:
        self.parts, self.limits, self.may_reach = parts, limits, may_reach
        self.host, self.port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        self.socket: socket.socket | None = None

    def exchange(self, method: str, headers: Mapping[str, str], body: bytes | None, into: BinaryIO | None) -> Answer:
        connected = self.connect()
        connected.settimeout(self.limits.answer)
        connection = http.client.HTTPConnection(self.host, self.port)
        connection.auto_open = False  # a second connection would go to an address that nobody looked at
        connection.sock = connected
        path = f"{self.parts.path or '/'}{'?' * bool(self.parts.query)}{self.parts.query}"
        said = {"Host": self.parts.netloc, "Accept-Encoding": "identity", "Connection": "close", **headers}
        connection.request(method, path, body, said)
        with connection.getresponse() as response:
            chunks = self.chunks_of(response)
            content = b"".join(chunks) if into is None else _written(chunks, into)
            named = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, named, content)

    def connect(self) -> socket.socket:
        """Look the name up once, ask about what it has, and connect to just that.

        Raises Silence when the time is over: the caller may have given up meanwhile, and what is sent then would be
        sent behind their back.
        """
        deadline = time.monotonic() + self.limits.connect
        addresses = [str(found[4][0]) for found in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)]
        if not all(self.may_reach(self.host, address) for address in addresses):
            raise Forbidden
        connected = self.socket = self.reach(addresses[:MOST_ADDRESSES], deadline)
        if self.parts.scheme == "https":
            connected = self.socket = tls().wrap_socket(connected, server_hostname=self.host)
        _time_until(deadline)
        return connected

    def reach(self, addresses: list[str], deadline: float) -> socket.socket:
        """The first that answers, each with its share of the time. Raises OSError, Silence."""
        for address in addresses[:-1]:
            with contextlib.suppress(OSError):
                share = _time_until(deadline) / len(addresses)
                return socket.create_connection((address, self.port), share)
        return socket.create_connection((addresses[-1], self.port), _time_until(deadline))

    def chunks_of(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        """The body. Raises TooLarge, also for one that only says that it is, and Silence for one that was cut."""
        said, read = response.length, 0
        if (said or 0) > self.limits.largest:
            raise TooLarge
        # Counted here: Python's own count stands still under `read1` before 3.11.8.
        while said is None or read < said:
            chunk = response.read1(CHUNK if said is None else min(CHUNK, said - read))
            read += len(chunk)
            if not chunk:
                break
            if read > self.limits.largest:
                raise TooLarge
            yield chunk
        if said not in (None, read):
            raise Silence

    def hang_up(self) -> None:
        """Also for a thread that still listens."""
        if self.socket is not None:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)
            self.socket.close()


@cache
def tls() -> ssl.SSLContext:
    """Certificates are checked, for the host's name, against the authorities that browsers trust."""
    return ssl.create_default_context(cafile=certifi.where())


def seconds_to_wait(answer: Answer, *, default: int, longest: int) -> int:
    """What Retry-After says in seconds, within bounds."""
    text = answer.headers.get("retry-after", "")
    given = text.isascii() and text.isdigit() and len(text) < 9 and int(text)
    return min(int(given), longest) if given else default


def _time_until(deadline: float) -> float:
    """Seconds, on the monotonic clock. Raises Silence when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise Silence
    return left


def _parts(url: str) -> SplitResult:
    """Raises Forbidden for what is no plain address: another scheme, a user part, no host, port 0."""
    try:
        parts = urlsplit(url)
        plain = parts.scheme in PORTS and parts.hostname and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        raise Forbidden from None
    if not plain:
        raise Forbidden
    return parts


def _written(chunks: Iterator[bytes], into: BinaryIO) -> bytes:
    for chunk in chunks:
        into.write(chunk)
    return b""
