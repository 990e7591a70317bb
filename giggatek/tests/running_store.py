"""A store of its own for a test, all servers real, and gone afterwards: database, web, worker, mail, Paystack's."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import uuid
from email import policy
from email.parser import BytesParser
from pathlib import Path
from urllib.parse import quote

import requests
from aiosmtpd.controller import Controller
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds, for a machine that does much else


class Postbox:
    """Takes every mail."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return "250 OK"

    def subjects(self, recipient):
        """The subjects of what this reader got, in order of the alphabet."""
        return sorted(mail["Subject"] for mail in self.mails if recipient in mail["To"])

    def mail(self, subject):
        """The plain text of the one mail with this subject."""
        (found,) = [mail for mail in self.mails if mail["Subject"] == subject]
        return found.get_body(("plain",)).get_content()


class Store:
    """The running store: `get`, `post` and `put` speak to its API, `manage` runs a command beside it."""

    def __init__(self, environment, port, postbox):
        self.environment, self.postbox = environment, postbox
        self.url = f"http://127.0.0.1:{port}"

    def manage(self, *arguments, **environment):
        """What `manage.py` prints; it must succeed."""
        command = [sys.executable, "manage.py", *map(str, arguments)]
        env = {**self.environment, **environment}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def call(self, method, path, body=None, *, token=None, expect=200, **query):
        """The JSON answer of the API."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.request(
            method, f"{self.url}/api/{path}", json=body, headers=headers, params=query, timeout=PATIENCE
        )
        assert answer.status_code == expect, answer.text
        return answer.json()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what):
    """Return when the condition holds; fail when it never does."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, f"in vain: {what}"
        time.sleep(0.1)


@contextlib.contextmanager
def own_database(folder):
    """The URL of an empty database of the kind that the tests run on."""
    if connection.vendor != "mysql":
        yield f"sqlite:///{folder / 'store.sqlite3'}"
        return
    import MySQLdb  # not there where the tests run on SQLite only

    there = connection.settings_dict
    user, password, name = there["USER"], there["PASSWORD"], f"gg_store_{uuid.uuid4().hex[:12]}"
    host, port = there["HOST"] or "127.0.0.1", int(there["PORT"] or 3306)
    with contextlib.closing(MySQLdb.connect(host=host, port=port, user=user, password=password)) as server:
        server.cursor().execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        try:
            yield f"mysql://{quote(user)}:{quote(password)}@{host}:{port}/{name}"
        finally:
            server.cursor().execute(f"DROP DATABASE {name}")


@contextlib.contextmanager
def running(*command, environment, log):
    """A process beside us, which ends with the block."""
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


@contextlib.contextmanager
def post_office():
    """A mail server and its postbox."""
    postbox = Postbox()
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port, postbox
    finally:
        controller.stop()


@contextlib.contextmanager
def open_store(folder):
    """A migrated store with a web server of two processes, a worker and Paystack's stand-in."""
    port, paystack_port = free_port(), free_port()
    with own_database(folder) as database, post_office() as (smtp_port, postbox):
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "TESTING": "true", "DATABASE_URL": database, "MEDIA_DIR": str(folder / "media"),
            "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(smtp_port), "EMAIL_USE_TLS": "false",
            "HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "2", "STRIPE_SECRET_KEY": "", "REDIS_URL": "",
            "PAYSTACK_SECRET_KEY": "sk_test_store", "PAYSTACK_PUBLIC_KEY": "pk_test_store",
            "PAYSTACK_API_BASE": f"http://127.0.0.1:{paystack_port}",
            "PAYSTACK_WEBHOOK_URL": f"http://127.0.0.1:{port}/events/api/v1/webhooks/paystack",
        }  # fmt: skip
        store = Store(environment, port, postbox)
        store.manage("migrate", "--verbosity=0")
        web = ("-m", "gunicorn", "--config", "scripts/gunicorn.conf.py")
        worker = ("manage.py", "db_worker", "--interval", "0.2")
        stand_in = ("manage.py", "run_mock_paystack", "--port", str(paystack_port))
        with (
            running(*web, environment=environment, log=folder / "web.log") as server,
            running(*worker, environment=environment, log=folder / "worker.log"),
            running(*stand_in, environment=environment, log=folder / "paystack.log"),
        ):
            wait_until(lambda: server.poll() is not None or is_ready(store.url), "the store opens")
            yield store


def is_ready(url):
    """Whether the store says that it can serve."""
    try:
        return requests.get(f"{url}/health/ready", timeout=5).ok
    except requests.RequestException:
        return False
