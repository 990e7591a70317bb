"""A stand-in as an HTTP server, which has good days and bad ones."""

import json
import re
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from storesync.mock.faults import Fault

Row = dict[str, Any]

LARGEST = 16 * 1024 * 1024
HTML = b"<!doctype html><html><body><h1>Just a moment...</h1></body></html>"


class Asked(NamedTuple):
    """A request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Row:
        """The body. Raises Refused unless it is an object, or nothing."""
        try:
            body = json.loads(self.body or b"{}")
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise Refused(400, {"message": "Send a JSON object"})
        return body

    def fields(self) -> dict[str, str]:
        """The body, be it a form or JSON, as texts."""
        if self.headers.get("content-type", "").startswith("application/json"):
            return {name: str(value) for name, value in self.json().items()}
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))


class Answer(NamedTuple):
    """`body` is written as JSON unless it is bytes."""

    body: Any
    status: int = 200
    headers: dict[str, str] = {}


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, body: Any, **headers: str) -> None:
        super().__init__(body)
        self.answer = Answer(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


Route = tuple[str, str, Callable[..., Answer]]


class Answering(Protocol):
    """What a server needs of its store."""

    base: str

    def answer(self, asked: Asked) -> Answer: ...
    def fault(self, asked: Asked) -> Fault | None: ...
    def refusal(self, status: int) -> Answer: ...


def found(routes: list[Route], asked: Asked) -> Callable[[], Answer] | None:
    """The view of this address with what stands in its path, or None."""
    path = asked.path.rstrip("/") or "/"
    for method, pattern, view in routes:
        match = re.fullmatch(pattern, path)
        if match and method == asked.method:
            return lambda view=view, match=match: view(asked, *map(unquote, match.groups()))  # type: ignore[misc]
    return None


class MockServer(ThreadingHTTPServer):
    """One store on one port."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], store: Answering) -> None:
        super().__init__(address, Handler)
        self.store = store
        store.base = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: MockServer

    def meet(self) -> None:
        """Answer, or do what the next fault says."""
        asked, store = self.asked(), self.server.store
        fault = store.fault(asked)
        kind = fault.kind if fault else None
        if kind == "drop":
            return self.hang_up()
        if fault and kind == "slow":
            time.sleep(fault.seconds)
        if kind == "html":
            return self.write(Answer(HTML, headers={"Content-Type": "text/html"}))
        if kind in ("429", "500", "token"):
            return self.write(store.refusal(401 if kind == "token" else int(kind)))
        answer = store.answer(asked)
        return self.hang_up() if kind == "drop after" else self.write(answer)

    do_GET = do_POST = do_PUT = do_DELETE = meet

    def asked(self) -> Asked:
        """What was asked for."""
        address = urlsplit(self.path)
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(min(int(length), LARGEST)) if length.isdigit() else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        return Asked(self.command, address.path, query, headers, body)

    def hang_up(self) -> None:
        """Say nothing."""
        self.close_connection = True
        self.connection.close()

    def write(self, answer: Answer) -> None:
        """The answer; who is gone gets none."""
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json; charset=UTF-8", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
