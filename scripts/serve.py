"""The demo under one roof: web server, worker, chores, stand-ins for Paystack and three stores, until Ctrl-C.

Paystack's starts first; worker, chores and the stores start when the web server answers, so that the first start has
the machine for itself. Ends everything when the web server ends, starts the others again when they die, leaves no
process behind.
Reads HOST and PORT; `scripts/run.sh` sets the rest of the demo's environment.
"""

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
GUNICORN = [
    sys.executable,
    "-m",
    "gunicorn",
    "-c",
    str(ROOT / "scripts/gunicorn.conf.py"),
    "--log-level",
    "warning",
]
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = os.environ.get("PORT", "8000")
# Notices in real time, and the API once more, for clients that look for both at one address.
UVICORN = [
    *(sys.executable, "-m", "uvicorn", "giggatek.asgi:application", "--host", HOST, "--log-level", "warning"),
    *("--port", str(int(PORT) + 1 if PORT.isdigit() else 0), "--timeout-graceful-shutdown", "2"),
]
# Where this machine itself reaches the store when it listens on all addresses.
ADDRESS = f"http://{'127.0.0.1' if HOST == '0.0.0.0' else HOST}:{PORT}"

UVICORN_ADDRESS = ADDRESS.removesuffix(PORT) + UVICORN[UVICORN.index("--port") + 1]
# Unless payments in naira go elsewhere.
STANDS_IN = os.environ.get("PAYSTACK_API_BASE", "").rstrip("/") in (
    "",
    "http://127.0.0.1:4003",
    "http://localhost:4003",
)
STAND_IN = ["run_mock_paystack", "--file", "var/paystack.json"]
# Unless the demo's stores are real ones.
STORES_STAND_IN = os.environ.get("MOCK_MODE", "true").lower() == "true"

TICK = 0.2
STARTUP_SECONDS = 300.0
# How often a slow start says that it is still under way.
NEWS_SECONDS = 15.0
SHUTDOWN_SECONDS = 15.0

PREPARATION = {
    "Bringing the database up to date": ["migrate", "--verbosity", "0"],
    "Loading the demo store": ["load_demo"],
}
WELCOME = """
GigGatek is up. Ctrl-C ends it; what is bought stays in var/.

  Shop API   {address}/api/products
  API docs   {address}/api/docs   {address}/events/api/v1/docs
  Notices    {notices} (Socket.IO, and the API)
  Admin      {address}/admin/
  Mail       var/mail (every mail is a file there)
  Paystack   http://127.0.0.1:4003 (a stand-in: POST /popup/<reference> pays)
  Stores     http://127.0.0.1:4000, 4001, 4002 (stand-ins for Prokip, Shopify, WooCommerce: POST /mock/orders buys)

  Logins     admin@example.com   manager@example.com   customer@example.com
             partner@example.com   scanner@example.com
  Password   Demo-pass-1!
"""


def say(text: str) -> None:
    """Print at once, so that the line stands in order with what the children print."""
    print(text, flush=True)


def die_with_parent() -> None:
    """Runs in the child: Linux ends it when the supervisor is killed without a chance to do so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@dataclass
class Child:
    """One process of the demo; `every` is the least number of seconds between two of its starts."""

    name: str
    command: list[str]
    every: float = 0.0
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    started: float = field(default=float("-inf"), init=False)

    def start(self) -> None:
        """Start it in a session of its own: the terminal's Ctrl-C reaches the supervisor alone."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509  (no thread is ever started here)
            stdin=subprocess.DEVNULL,
        )

    @property
    def code(self) -> int | None:
        """The exit code, or None while it runs or before it ever ran."""
        return self.process.poll() if self.process else None

    @property
    def is_due(self) -> bool:
        """Does it stand still although it should run?"""
        stands = self.process is None or self.code is not None
        return stands and time.monotonic() - self.started >= self.every

    def stop(self, sign: signal.Signals) -> None:
        """Send a signal to the process and to all that it started."""
        if self.process and self.code is None:
            os.killpg(self.process.pid, sign)


class Supervisor:
    """Keeps web, worker and chores running until a signal asks it to end or the web server ends."""

    def __init__(self) -> None:
        self.stopping = False
        self.web = Child("web server", GUNICORN)
        self.stand_in = Child("Paystack's stand-in", [*MANAGE, *STAND_IN], every=60)
        self.helpers = [
            *([self.stand_in] if STANDS_IN else []),
            *([Child("stand-ins for the stores", [*MANAGE, "run_mock_stores"], every=60)] if STORES_STAND_IN else []),
            Child("notices in real time", UVICORN, every=2),
            Child("worker", [*MANAGE, "db_worker", "--verbosity", "0"], every=2),
            Child("chores", [*MANAGE, "run_chores"], every=2),
        ]
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self.on_signal)

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Only take a note; the loops see it within a tick."""
        self.stopping = True

    def prepare(self) -> None:
        """Bring the database up to date and load the demo's data once."""
        for what, arguments in PREPARATION.items():
            say(f"{what} ...")
            child = Child(arguments[0], [*MANAGE, *arguments])
            child.start()
            while child.code is None and not self.stopping:
                time.sleep(TICK)
            self.end([child])
            if child.code and not self.stopping:
                sys.exit(f"error: manage.py {arguments[0]} failed; the reason is above")

    def run(self) -> int:
        """Serve until the end; the exit code is 0 when that end was asked for."""
        try:
            if STANDS_IN:
                self.stand_in.start()
            self.web.start()
            self.wait_until_ready()
            while not self.stopping and self.web.code is None:
                self.keep_helpers()
                time.sleep(TICK)
            if not self.stopping:
                say(f"error: the web server ended by itself (exit code {self.web.code}); ending the rest")
            return 0 if self.stopping else 1
        finally:
            self.end([self.web, *self.helpers])

    def wait_until_ready(self) -> None:
        """Greet as soon as the store answers; give up when it does not within STARTUP_SECONDS."""
        say("Starting the web server ...")
        begin = time.monotonic()
        news = begin + NEWS_SECONDS
        while not self.stopping and self.web.code is None:
            if is_ready():
                say(WELCOME.format(address=ADDRESS, notices=UVICORN_ADDRESS))
                return
            now = time.monotonic()
            if now - begin > STARTUP_SECONDS:
                sys.exit(f"error: {ADDRESS}/health/ready did not answer 200 in {STARTUP_SECONDS:.0f} seconds")
            if now > news:
                say(f"The web server does not answer yet, after {now - begin:.0f} seconds; waiting on ...")
                news = now + NEWS_SECONDS
            time.sleep(TICK)

    def keep_helpers(self) -> None:
        """Start the worker and the chores, now or again."""
        for child in self.helpers:
            if child.is_due:
                if child.code:
                    say(f"{child.name} ended with exit code {child.code}; starting it again")
                child.start()

    def end(self, children: list[Child]) -> None:
        """Ask all to end, wait for them, and kill what does not listen."""
        for child in children:
            child.stop(signal.SIGTERM)
        give_up = time.monotonic() + SHUTDOWN_SECONDS
        while any(child.process and child.code is None for child in children) and time.monotonic() < give_up:
            time.sleep(TICK / 4)
        for child in children:
            child.stop(signal.SIGKILL)


def is_ready() -> bool:
    """Does the store say that its database, cache and queue are there?"""
    try:
        with urllib.request.urlopen(f"{ADDRESS}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def refuse_taken_port() -> None:
    """Exit with one clear line when the store cannot listen on HOST and PORT."""
    if not PORT.isdigit() or not 0 < int(PORT) < 65536:
        sys.exit(f"error: PORT={PORT} is not a port; try PORT=8000 make run")
    with socket.socket() as probe:
        # As gunicorn does: a port whose last server just ended is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except PermissionError:
            sys.exit(f"error: port {PORT} is for root only; try PORT=8000 make run")
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                sys.exit(f"error: Port {PORT} is taken; try PORT={int(PORT) + 1} make run")
            sys.exit(f"error: cannot listen on {HOST}:{PORT}: {error.strerror}")


def main() -> int:
    """Check, prepare, serve."""
    refuse_taken_port()
    supervisor = Supervisor()
    supervisor.prepare()
    return 0 if supervisor.stopping else supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
