"""The demo's supervisor, tried on a store that is a stand-in of a few lines."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Each of its processes leaves its number in a file; worker, chores and stores stay, the others end at once.
MANAGE = """
import os, sys, time
open(f"{sys.argv[1]}.pids", "a").write(f"{os.getpid()}\\n")
if sys.argv[1] == os.environ.get("FAILS"):
    sys.exit("no such luck")
if sys.argv[1] in ("db_worker", "run_chores", "run_mock_stores"):
    time.sleep(600)
"""
# It is not ready as long as there is a file `unready`.
WSGI = """
import os
open("web.pids", "a").write(f"{os.getppid()}\\n")
def application(environ, start_response):
    open("asked", "a").write("once more\\n")
    start_response("503 No" if os.path.exists("unready") else "200 OK", [("Content-Type", "text/plain")])
    return [b"ready"]
"""
HELPERS = ("db_worker", "run_chores", "run_mock_stores")
Serve = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def serve(tmp_path: Path, port: int) -> Iterator[Serve]:
    """Starts the supervisor in a folder of its own, and ends what a failed test leaves."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    (tmp_path / "giggatek").mkdir()
    (tmp_path / "giggatek/wsgi.py").write_text(WSGI)
    (tmp_path / "manage.py").write_text(MANAGE)
    started: list[subprocess.Popen[str]] = []

    def start(**environment: str) -> "subprocess.Popen[str]":
        started.append(
            subprocess.Popen(
                [sys.executable, "scripts/serve.py"],
                cwd=tmp_path,
                env={"PATH": os.environ["PATH"], "PORT": str(port), "WEB_CONCURRENCY": "1", **environment},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def pids(folder: Path, name: str) -> list[int]:
    """The numbers of all processes of that name so far."""
    path = folder / f"{name}.pids"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def is_alive(pid: int) -> bool:
    """Does it run still? A zombie, which waits only to be counted, does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition: Callable[[], object], *, seconds: float = 30) -> None:
    """Return as soon as the condition holds; fail when it never does."""
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.05)


def read_until(process: "subprocess.Popen[str]", text: str) -> None:
    """Read its output up to a line with this text."""
    assert process.stdout
    assert any(text in line for line in process.stdout)


def test_serves_and_leaves_nothing_behind_when_told_to_stop(serve: Serve, tmp_path: Path) -> None:
    supervisor = serve()
    read_until(supervisor, "Demo-pass-1!")
    assert pids(tmp_path, "migrate") and pids(tmp_path, "load_demo") and pids(tmp_path, "web")
    wait_for(lambda: all(pids(tmp_path, name) for name in HELPERS))
    supervisor.send_signal(signal.SIGINT)
    rest, _ = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 0
    assert "Traceback" not in rest
    assert not any(is_alive(pid) for name in ("web", *HELPERS) for pid in pids(tmp_path, name))


def test_waits_for_the_web_server_before_it_starts_anything_else(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "unready").touch()
    supervisor = serve()
    read_until(supervisor, "Starting the web server ...")
    wait_for(lambda: (tmp_path / "asked").exists() and len((tmp_path / "asked").read_text().splitlines()) > 1)
    assert not any(pids(tmp_path, name) for name in HELPERS)
    (tmp_path / "unready").unlink()
    read_until(supervisor, "Demo-pass-1!")
    wait_for(lambda: all(pids(tmp_path, name) for name in HELPERS))


def test_says_so_when_the_web_server_takes_long_and_gives_up_in_the_end(serve: Serve, tmp_path: Path) -> None:
    script = tmp_path / "scripts/serve.py"
    short = {"STARTUP_SECONDS = 300.0": "STARTUP_SECONDS = 3.0", "NEWS_SECONDS = 15.0": "NEWS_SECONDS = 0.5"}
    for long, quick in short.items():
        assert long in script.read_text()
        script.write_text(script.read_text().replace(long, quick))
    (tmp_path / "unready").touch()
    output, _ = serve().communicate(timeout=60)
    assert "The web server does not answer yet" in output
    assert output.splitlines()[-1].startswith("error: ") and "did not answer 200 in 3 seconds" in output
    assert not any(pids(tmp_path, name) for name in HELPERS)


@pytest.mark.parametrize("name", ["db_worker", "run_chores"])
def test_starts_what_died_again(serve: Serve, tmp_path: Path, name: str) -> None:
    supervisor = serve()
    read_until(supervisor, "Demo-pass-1!")
    wait_for(lambda: pids(tmp_path, name))
    os.kill(pids(tmp_path, name)[0], signal.SIGKILL)
    wait_for(lambda: len(pids(tmp_path, name)) == 2)
    assert supervisor.poll() is None


def test_ends_the_worker_when_the_web_server_dies(serve: Serve, tmp_path: Path) -> None:
    supervisor = serve()
    read_until(supervisor, "Demo-pass-1!")
    wait_for(lambda: all(pids(tmp_path, name) for name in HELPERS))
    os.kill(pids(tmp_path, "web")[0], signal.SIGKILL)
    output, _ = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 1
    assert "the web server ended by itself" in output
    assert not any(is_alive(pid) for name in HELPERS for pid in pids(tmp_path, name))


def test_stops_before_serving_when_the_demo_cannot_be_loaded(serve: Serve, tmp_path: Path) -> None:
    output, _ = serve(FAILS="load_demo").communicate(timeout=30)
    assert output.splitlines() == [
        "Bringing the database up to date ...",
        "Loading the demo store ...",
        "no such luck",
        "error: manage.py load_demo failed; the reason is above",
    ]
    assert not pids(tmp_path, "web")


def test_taken_port_gets_one_line(serve: Serve, tmp_path: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        supervisor = serve()
        output, _ = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 1
    assert output == f"error: Port {port} is taken; try PORT={port + 1} make run\n"
    assert not pids(tmp_path, "migrate")


@pytest.mark.parametrize("nonsense", ["", "abc", "0", "70000", "-1"])
def test_nonsense_for_a_port_gets_one_line(serve: Serve, nonsense: str) -> None:
    output, _ = serve(PORT=nonsense).communicate(timeout=30)
    assert output == f"error: PORT={nonsense} is not a port; try PORT=8000 make run\n"
