"""A small stand-in for Stripe on a bad day: dropped answers, silence, errors, rate limits."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
import stripe

SECRET_KEY = "sk_test_key_that_must_stay_secret"


class FlakyStripe(ThreadingHTTPServer):
    """Knows intents and refunds by their idempotency keys; answers each request with the next of `faults`.

    A fault is an HTTP status, "drop" (the line goes dead before anything happens), "drop after" (it happens, and
    nobody hears of it), "silence" (no answer in time) or "garbage"; None, or no fault left, is a good day.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.faults, self.calls, self.made, self.refunds = [], [], {}, {}
        self.lock = threading.Lock()

    @property
    def base(self):
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}"

    def create(self, key, form):
        """The intent of this key, made now or before."""
        number = len(self.made) + 1
        intent = {
            "id": f"pi_{number}", "object": "payment_intent", "status": "requires_payment_method",
            "amount": int(form["amount"]), "currency": form["currency"], "client_secret": f"pi_{number}_secret_1",
        }  # fmt: skip
        return self.made.setdefault(key, intent)

    def refund(self, key, form):
        """The refund of this key."""
        made = {"id": f"re_{len(self.refunds) + 1}", "object": "refund", "amount": int(form["amount"])}
        return self.refunds.setdefault(key, made)

    def find(self, path):
        """The intent that the path names."""
        return next(intent for intent in self.made.values() if intent["id"] == path.split("/")[3])

    def settle_all(self):
        """The customer has paid."""
        for intent in self.made.values():
            intent.update(status="succeeded", latest_charge="ch_1")


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self):
        """Retrieve."""
        self.answer(lambda: self.server.find(self.path))

    def do_POST(self):
        """Create, cancel or refund."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        key = self.headers.get("Idempotency-Key", "")
        effects = {
            "/v1/payment_intents": lambda: self.server.create(key, form),
            "/v1/refunds": lambda: self.server.refund(key, form),
        }
        self.answer(effects.get(self.path, self.cancel))

    def cancel(self):
        """The intent, cancelled unless it was paid."""
        intent = self.server.find(self.path)
        if intent["status"] != "succeeded":
            intent["status"] = "canceled"
        return intent

    def answer(self, effect):
        """Do what was asked, or what the next fault says."""
        with self.server.lock:
            self.server.calls.append((self.command, self.path, self.headers.get("Idempotency-Key")))
            fault = self.server.faults.pop(0) if self.server.faults else None
            result = None if fault in ("drop", "silence") or isinstance(fault, int) else effect()
        if fault in ("drop", "drop after"):
            self.close_connection = True
            self.connection.close()
        elif fault == "silence":
            time.sleep(1.5)
        elif isinstance(fault, int):
            self.write(fault, {"error": {"type": "api_error", "message": "A bad day."}})
        else:
            self.write(200, b"<html>" if fault == "garbage" else result)

    def write(self, status, body):
        """The answer."""
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def flaky_stripe(settings, monkeypatch):
    """The shop takes its payments through this server; the SDK waits less than it would."""
    server = FlakyStripe()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = SECRET_KEY, server.base
    monkeypatch.setattr("payments.gateways.stripe.TIMEOUT", (1, 0.7))
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.02)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
