"""Real servers for tests, each on a free port."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest


def free_port() -> int:
    """A port that is free now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def require_program(name: str) -> str:
    """The program's path; without it the test is skipped, or fails where REQUIRE_SERVERS is set, as in CI."""
    found = shutil.which(name)
    if found is None:
        refuse = pytest.fail if os.environ.get("REQUIRE_SERVERS") else pytest.skip
        refuse(f"{name} is not installed")
    return str(found)


def wait_for_port(port: int, *, seconds: float = 10) -> None:
    """Return once a server listens on `port`. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The URL of a Redis that lives as long as the block."""
    port = free_port()
    command = [
        require_program("redis-server"),
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            wait_for_port(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
