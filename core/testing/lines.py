"""A server that says what a test wants, byte by byte."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Lines:
    """`asked` are the first bytes of each connection, up to the empty line; `gone` is set when a client hung up."""

    def __init__(self, listener: socket.socket, say: Callable[[socket.socket], None]) -> None:
        self.listener, self.say = listener, say
        self.port = listener.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.asked: list[bytes] = []
        self.gone = threading.Event()

    def serve(self) -> None:
        while self.listener.fileno() >= 0:
            with suppress(OSError):  # of one client whose handshake failed, or because the server was closed
                line, _ = self.listener.accept()
                threading.Thread(target=self.meet, args=[line], daemon=True).start()

    def meet(self, line: socket.socket) -> None:
        with line:
            try:
                self.asked.append(heard(line))
                self.say(line)
            except OSError:
                self.gone.set()


def heard(line: socket.socket) -> bytes:
    text = b""
    while b"\r\n\r\n" not in text and (part := line.recv(4096)):
        text += part
    return text


@contextmanager
def server(say: Callable[[socket.socket], None], context: ssl.SSLContext | None = None) -> Iterator[Lines]:
    """It listens as long as the block lasts, and closes each connection after `say`; over TLS with a `context`."""
    plain = socket.create_server(("127.0.0.1", 0))
    with context.wrap_socket(plain, server_side=True) if context else plain as listener:
        lines = Lines(listener, say)
        thread = threading.Thread(target=lines.serve, daemon=True)
        thread.start()
        try:
            yield lines
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # wakes `accept`
            listener.close()
            thread.join()


def answer(body: bytes = b"{}", status: str = "200 OK", **headers: str) -> bytes:
    """An answer of HTTP."""
    named = {"Content-Length": str(len(body)), **{name.replace("_", "-"): text for name, text in headers.items()}}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {text}" for name, text in named.items()), "", ""]
    return "\r\n".join(lines).encode() + body
