"""The stand-in as an HTTP server, which has good days and bad ones."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from payments.gateways.paystack.mock.memory import Memory
from payments.gateways.paystack.mock.routes import Asked, Routes, is_api

LARGEST = 1024 * 1024
HTML = b"<html><body>502 Bad Gateway</body></html>"


class MockPaystack(ThreadingHTTPServer):
    """Answers on `address`. The next calls of the API meet the `faults` that /control sets:

    a status such as 500 or 429, "html", "huge" (it announces 10 GB), "slow 3" (seconds before the answer), "drip"
    (its head comes letter by letter), "drop" (it hangs up before anything happens), "drop after" (it hangs up after
    that). None, or none left, is a good day.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], *, file: Path | None = None) -> None:
        super().__init__(address, Handler)
        self.memory = Memory(file)
        self.routes = Routes(self.memory)

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: MockPaystack

    def do_GET(self) -> None:
        self.meet()

    def do_POST(self) -> None:
        self.meet()

    def meet(self) -> None:
        """Answer, or do what the next fault says."""
        asked, memory = self.asked(), self.server.memory
        fault = None
        if is_api(asked.path):
            with memory.lock:
                memory.calls.append(f"{asked.method} {asked.path}")
                fault = memory.faults.pop(0) if memory.faults else None
        if fault == "drop":
            return self.hang_up()
        if isinstance(fault, int):
            return self.refuse(fault)
        if fault in ("html", "huge"):
            return self.write(200, HTML, kind="text/html", size=10**10 if fault == "huge" else len(HTML))
        if isinstance(fault, str) and fault.startswith("slow"):
            time.sleep(float(fault.split()[-1]))
        status, body = self.server.routes.answer(asked)
        if fault == "drop after":
            return self.hang_up()
        return self.write(status, json.dumps(body).encode(), pause=0.1 if fault == "drip" else 0)

    def asked(self) -> Asked:
        """What was asked for."""
        address = urlsplit(self.path)
        length = self.headers.get("Content-Length", "0")
        content = self.rfile.read(min(int(length), LARGEST)) if length.isdigit() else b""
        try:
            body = json.loads(content) if content else {}
        except (ValueError, RecursionError):
            body = None
        query = dict(parse_qsl(address.query))
        return Asked(self.command, address.path, query, body, self.headers.get("Authorization", ""))

    def refuse(self, status: int) -> None:
        """An error of Paystack's own."""
        message = "Too many requests" if status == 429 else "An error occurred"
        body: dict[str, Any] = {"status": False, "message": message, "type": "api_error", "code": "unknown"}
        self.write(status, json.dumps(body).encode(), retry_after=7 if status == 429 else None)

    def hang_up(self) -> None:
        """Say nothing."""
        self.close_connection = True
        self.connection.close()

    def write(
        self,
        status: int,
        content: bytes,
        *,
        kind: str = "application/json",
        size: int | None = None,
        retry_after: int | None = None,
        pause: float = 0,
    ) -> None:
        """The answer; with a `pause`, so many seconds between two letters of a head that never ends."""
        if pause:
            return self.drip(pause)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) if size is None else size))
        if retry_after:
            self.send_header("Retry-After", str(retry_after))
        self.end_headers()
        return self.send(content)

    def send(self, content: bytes) -> None:
        """Bytes on the line; who is gone gets none."""
        try:
            self.wfile.write(content)
        except OSError:
            self.close_connection = True

    def drip(self, pause: float) -> None:
        """A head that comes letter by letter, for twenty seconds."""
        self.close_connection = True
        self.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        end = time.monotonic() + 20
        while time.monotonic() < end and not self.wfile.closed:
            self.send(b"x")
            time.sleep(pause)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
