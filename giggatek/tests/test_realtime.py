"""Notices in real time: a real server, clients for Python and JavaScript, and notices that another process writes."""

import json
import queue
import subprocess
import sys
import threading
import time

import pytest
import requests
import socketio
from socketio.exceptions import ConnectionError as Refused

from core.testing.servers import require_program
from giggatek.tests.running_store import ROOT, free_port, own_database, running, wait_until

ORIGIN = "https://platng.com"
STOPPING = ("--timeout-graceful-shutdown", "2")  # it does not wait for the long polls of clients that are gone
CONSOLE = """
import json, sys, django
django.setup()
for line in sys.stdin:
    exec(json.loads(line), {})
"""
SETUP = """
import json
from accounts.models import User
from accounts.sessions.tokens import open_session
tokens = {}
for name in ("ada", "grace"):
    user = User.objects.create_user(email=f"{name}@example.com", password="Real-time-1!")
    tokens[name] = open_session(user=user, face="events").access
    tokens[name + "_shop"] = open_session(user=user).access
print(json.dumps(tokens))
"""
WRITE = """
from accounts.models import User
from notifications.models import Notice
user = User.objects.get(email={email!r})
about = {{"user": user, "kind": "event_changed", "title": {event!r}, "face": {face!r}}}
print(*(Notice.objects.create(event=f"{event}-{{n}}", **about).pk for n in range({times})))
"""
JAVASCRIPT = """
const { io } = require("socket.io-client");
const socket = io(process.argv[2], { auth: { token: process.argv[3] }, transports: [process.argv[4]] });
socket.on("connect", () => console.log("connected"));
socket.on("connect_error", (error) => { console.log("refused " + error.message); process.exit(0); });
socket.on("notification", (notice) => { console.log(JSON.stringify(notice)); process.exit(0); });
"""


class Server:
    """The ASGI server, and a shell beside it."""

    def __init__(self, url, console):
        self.url, self.console = url, console
        self.tokens = json.loads(self.shell(SETUP))

    def shell(self, code):
        """The one line that the code prints, in another process than the server's and ours."""
        self.console.stdin.write(json.dumps(code) + "\n")
        self.console.stdin.flush()
        answer = self.console.stdout.readline()
        assert answer, "the code failed; the process said why"
        return answer.strip()

    def write(self, event, *, name="ada", face="events", times=1):
        """The id of the last notice that another process wrote."""
        code = WRITE.format(email=f"{name}@example.com", event=event, face=face, times=times)
        return int(self.shell(code).split()[-1])


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("realtime"), free_port()
    with own_database(folder) as database:
        environment = {"PATH": "/usr/bin:/bin", "TESTING": "true", "DATABASE_URL": database, "REDIS_URL": ""}
        environment["DJANGO_SETTINGS_MODULE"] = "giggatek.settings"
        environment["API_THROTTLE_ANON"] = environment["EVENTS_THROTTLE_ANON"] = "100000/min"
        command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=300)
        asgi = ("-m", "uvicorn", "giggatek.asgi:application", "--port", str(port), *STOPPING)
        console = [sys.executable, "-u", "-c", CONSOLE]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with (
            running(*asgi, environment=environment, log=folder / "asgi.log"),
            subprocess.Popen(console, cwd=ROOT, env=environment, **pipes) as shell,
        ):
            url = f"http://127.0.0.1:{port}"
            wait_until(lambda: answers(url), "the server answers")
            yield Server(url, shell)


def answers(url):
    try:
        return requests.get(f"{url}/health", timeout=5).ok
    except requests.RequestException:
        return False


@pytest.fixture
def connect(server):
    """Connects a client; what it is sent is in the queue that comes back."""
    clients = []

    def connect(*, name="ada", namespace="/events/api/v1", transport="websocket", origin=None, **auth):
        options = {"websocket_extra_options": {"origin": origin}} if transport == "websocket" and origin else {}
        client, arrived = socketio.Client(reconnection=False, **options), queue.Queue()
        client.on("notification", arrived.put, namespace=namespace)
        client.on("disconnect", lambda *_: arrived.put("disconnected"), namespace=namespace)
        clients.append(client)
        token = auth.pop("token", server.tokens.get(name))
        client.connect(
            server.url,
            namespaces=[namespace],
            auth={"token": token, **auth},
            transports=[transport],
            headers={"Origin": origin} if transport == "polling" and origin else {},
            wait_timeout=10,
        )
        return arrived

    yield connect
    for client in clients:
        # It waits for the end of its long poll, half a minute, which nobody needs to.
        threading.Thread(target=client.disconnect, daemon=True).start()


@pytest.mark.parametrize("namespace", ["/", "/api/v1", "/events/api/v1", "/events/client/api/v1"])
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_notice_of_another_process_arrives_at_its_owner_alone(server, connect, namespace, transport):
    ada = connect(namespace=namespace, transport=transport)
    grace = connect(name="grace", namespace=namespace, transport=transport)
    pk = server.write(f"changed{namespace}{transport}")
    notice = ada.get(timeout=10)
    assert (notice["id"], notice["type"], notice["is_read"], notice["read"]) == (pk, "event_changed", False, False)
    assert set(notice) == {
        *("id", "type", "title", "message", "link", "is_read", "read", "read_at", "created_at"),
    }
    assert notice["created_at"].endswith("Z")
    assert grace.empty()


def test_notices_of_the_shop_stay_there(server, connect):
    arrived = connect()
    server.write("shop-only", face="shop")
    pk = server.write("after-it")
    assert arrived.get(timeout=10)["id"] == pk


def test_one_missed_arrives_on_reconnecting(server, connect):
    first = server.write("seen")
    second = server.write("missed")
    server.write("of another", name="grace")
    arrived = connect(since=first)
    assert arrived.get(timeout=10)["id"] == second
    time.sleep(1.5)
    assert arrived.empty()


def test_many_missed_arrive_in_order(server, connect):
    first = server.write("first of many")
    server.write("many", times=25)
    arrived = connect(since=first)
    found = [arrived.get(timeout=15)["id"] for _ in range(25)]
    assert found == sorted(set(found))


@pytest.mark.parametrize("token", [None, "", "nonsense", 7, "x" * 10_000, ["a"]])
def test_without_a_good_token_the_client_is_refused(connect, token):
    with pytest.raises(Refused):
        connect(token=token)


def test_a_token_of_the_shop_is_refused(server, connect):
    with pytest.raises(Refused):
        connect(token=server.tokens["ada_shop"])


def test_a_foreign_origin_is_refused_and_the_clients_own_is_not(connect):
    for transport in ("websocket", "polling"):
        connect(origin=ORIGIN, transport=transport)
        with pytest.raises(Refused):
            connect(origin="https://evil.example", transport=transport)


def test_who_signs_out_is_disconnected(server, connect):
    token = json.loads(server.shell(SETUP.replace('("ada", "grace")', '("eve",)')))["eve"]
    arrived = connect(token=token)
    code = (
        "from accounts.models import Session; print(Session.objects.filter(user__email='eve@example.com').delete())"
    )
    server.shell(code)
    assert arrived.get(timeout=30) == "disconnected"
    server.write("too late", name="eve")
    time.sleep(2)
    assert arrived.empty()


def test_the_asgi_server_answers_the_api_and_holds_its_limit(server):
    assert requests.get(f"{server.url}/api/products", timeout=10).json()["pagination"]["total"] == 0
    chunks = (b"x" * 65_536 for _ in range(200))
    answer = requests.post(f"{server.url}/api/auth/login", data=chunks, timeout=30)
    assert (answer.status_code, answer.json()["status"]) == (413, 413)


@pytest.fixture(scope="module")
def javascript(tmp_path_factory):
    """A folder with Socket.IO's own client, and the program that uses it."""
    folder = tmp_path_factory.mktemp("javascript")
    npm = require_program("npm")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "socket.io-client@4.8.1"]
    subprocess.run(command, cwd=folder, check=True, timeout=300)
    (folder / "client.js").write_text(JAVASCRIPT)
    return folder


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_the_client_for_javascript_gets_its_notices(server, javascript, transport):
    command = [require_program("node"), "client.js", f"{server.url}/events/api/v1"]
    with subprocess.Popen(
        [*command, server.tokens["ada"], transport], cwd=javascript, stdout=subprocess.PIPE, text=True
    ) as client:
        assert client.stdout.readline().strip() == "connected"
        pk = server.write(f"javascript-{transport}")
        assert json.loads(client.stdout.readline())["id"] == pk
    refused = subprocess.run(
        [*command, "nonsense", transport], cwd=javascript, capture_output=True, text=True, check=True, timeout=30
    )
    assert refused.stdout.startswith("refused UNAUTHORIZED")
