"""`manage.py run_mock_paystack` as a process of its own: popup, signed events, and what outlives a restart."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from django.conf import settings as project
from django.core.management import call_command
from django.core.management.base import CommandError

from payments.tests.localstripe import free_port, wait_for
from payments.tests.mock_paystack import SECRET, signed


class Shop(HTTPServer):
    """Where the events go; `got` are their bodies and signatures."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.got, self.arrived = [], threading.Semaphore(0)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((body, self.headers["x-paystack-signature"]))
        self.send_response(200)
        self.end_headers()
        self.server.arrived.release()

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def shop():
    server = Shop()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def start(shop, tmp_path):
    """Starts the command; what it remembers lies in one file."""
    processes, port = [], free_port()

    def begin():
        environment = {
            **os.environ,
            "TESTING": "true",
            "PAYSTACK_SECRET_KEY": SECRET,
            "PAYSTACK_WEBHOOK_URL": f"http://127.0.0.1:{shop.server_port}/",
        }
        arguments = ["run_mock_paystack", "--port", str(port), "--file", str(tmp_path / "memory.json")]
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=project.BASE_DIR, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        processes.append(process)
        wait_for(port, process)
        return f"http://127.0.0.1:{port}", process

    yield begin
    for process in processes:
        process.terminate()
        process.wait(10)


def api(method, address, **more):
    headers = {"Authorization": f"Bearer {SECRET}"}
    return requests.request(method, address, headers=headers, timeout=10, **more)


def test_it_is_paystack_for_whoever_has_its_address(start, shop):
    base, process = start()
    assert api("GET", f"{base}/transaction/verify/PNG-1").status_code == 400
    paid = requests.post(f"{base}/popup/PNG-1", json={"amount": 5000_00, "webhook": True}, timeout=10).json()
    assert (paid["status"], paid["webhook_status"], paid["data"]["fees"]) == (True, 200, 175_00)
    seen = api("GET", f"{base}/transaction/verify/PNG-1").json()["data"]
    assert (seen["status"], seen["amount"], seen["requested_amount"], seen["currency"]) == (
        "success", 5000_00, 5000_00, "NGN",
    )  # fmt: skip
    process.terminate()
    process.wait(10)

    base, _ = start()
    back = api("POST", f"{base}/refund", json={"transaction": "PNG-1", "amount": "100000"}).json()["data"]
    assert (back["status"], back["amount"], back["transaction"]["reference"]) == ("processed", 1000_00, "PNG-1")
    assert [shop.arrived.acquire(timeout=10) for _ in range(2)] == [True, True]
    assert [signature == signed(body) for body, signature in shop.got] == [True, True]
    assert [b"charge.success" in shop.got[0][0], b"refund.processed" in shop.got[1][0]] == [True, True]
    rows = api("GET", f"{base}/refund?transaction={seen['id']}&perPage=1").json()
    assert ([row["id"] for row in rows["data"]], rows["meta"]["pageCount"]) == ([back["id"]], 1)
    assert api("GET", f"{base}/balance").json()["data"][0]["balance"] == 5000_00 - 175_00 - 1000_00


@pytest.mark.parametrize("amount", [0, -1, -5000_00, 1, 10**20])
def test_the_popup_takes_amounts_that_nobody_asked_for(paystack, amount):
    paid = paystack.popup("PNG-any", amount, currency="USD", fees=7)
    assert (paid["amount"], paid["requested_amount"], paid["fees"], paid["currency"]) == (amount, amount, 7, "USD")


@pytest.mark.parametrize("body", [[], {}, {"amount": None}, {"amount": 1.5}, {"amount": 1, "status": "paid"}, "x"])
def test_what_no_popup_does_is_refused(paystack, body):
    answer = requests.post(f"{paystack.server.base}/popup/PNG-1", json=body, timeout=5)
    assert (answer.status_code, answer.json()["status"]) == (400, False)


@pytest.mark.parametrize("key", ["", "sk_live_real"])
def test_it_runs_on_keys_for_tests_alone(settings, key):
    settings.PAYSTACK_SECRET_KEY = key
    with pytest.raises(CommandError, match="a key for tests"):
        call_command("run_mock_paystack")


def test_a_taken_port_is_one_clear_line(settings, paystack):
    settings.PAYSTACK_SECRET_KEY = SECRET
    with pytest.raises(CommandError, match="Cannot listen"):
        call_command("run_mock_paystack", port=paystack.server.server_port)
