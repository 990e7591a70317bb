"""A small stand-in for Stripe on a bad day: dropped answers, silence, errors, rate limits."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs

import pytest
import stripe

SECRET_KEY = "sk_test_key_that_must_stay_secret"


class Call(NamedTuple):
    """One request: its verb, its path, and the headers that matter."""

    method: str
    path: str
    key: str | None
    version: str | None


class FlakyStripe(ThreadingHTTPServer):
    """Knows intents, refunds and charges by their idempotency keys; answers each request with the next of `faults`.

    A fault is an HTTP status, alone or with a body and headers, "drop" (the line goes dead before anything happens),
    "drop after" (it happens, and the answer is lost), "silence" (no answer in time) or "garbage"; None, or no fault
    left, is a good day.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.faults, self.calls, self.made, self.refunds = [], [], {}, {}
        self.customers, self.setups, self.tries, self.charges, self.decline = {}, {}, {}, [], ""
        self.refund_status = "succeeded"
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
            "customer": form.get("customer"),
        }  # fmt: skip
        return self.made.setdefault(key, intent)

    def refund(self, key, form):
        """The refund of this key."""
        made = {
            **form, "id": f"re_{len(self.refunds) + 1}", "object": "refund", "amount": int(form["amount"]),
            "currency": "usd", "status": self.refund_status,
        }  # fmt: skip
        return self.refunds.setdefault(key, made)

    def find(self, path):
        """The intent that the path names."""
        return next(intent for intent in self.made.values() if intent["id"] == path.split("/")[3])

    def update(self, path, form):
        """The intent with other values."""
        intent = self.find(path)
        intent.update(form)
        return intent

    def confirm(self, path, key, form):
        """What became of this key's try; it is a charge unless `decline` says otherwise. A paid intent refuses."""
        if key not in self.tries:
            self.tries[key] = self.try_card(self.find(path), form)
        return self.tries[key]

    def try_card(self, intent, form):
        """One try at the bank."""
        if intent["status"] in ("succeeded", "canceled") or form["off_session"] != "true" or not intent["customer"]:
            return 400, {"error": {"type": "invalid_request_error", "message": "Not now."}}
        if self.decline:
            error = {"type": "card_error", "code": "card_declined", "decline_code": self.decline, "message": "No."}
            intent["last_payment_error"] = error
            return 402, {"error": error}
        self.charges.append(intent["id"])
        intent.update(status="succeeded", latest_charge=f"ch_{len(self.charges)}", last_payment_error=None)
        return dict(intent)

    def customer(self, key):
        """The customer of this key."""
        return self.customers.setdefault(key, {"id": f"cus_{len(self.customers) + 1}", "object": "customer"})

    def setup(self, form):
        """A new setup, into which a good card was typed at once."""
        number = len(self.setups) + 1
        card = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2040}
        made = {
            "id": f"seti_{number}", "object": "setup_intent", "client_secret": f"seti_{number}_secret_1",
            "status": "succeeded", "payment_method": {"id": f"pm_{number}", "object": "payment_method", "card": card},
        }  # fmt: skip
        self.setups[made["id"]] = made
        return made

    def settle_all(self):
        """The customer has paid."""
        for intent in self.made.values():
            intent.update(status="succeeded", latest_charge="ch_1")


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self):
        """Retrieve."""
        setup = self.server.setups.get(self.path.split("/")[3].partition("?")[0])
        self.answer(lambda: setup or self.server.find(self.path))

    def do_POST(self):
        """Create, confirm, cancel, refund…"""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        key = self.headers.get("Idempotency-Key", "")
        effects = {
            "/v1/payment_intents": lambda: self.server.create(key, form),
            "/v1/refunds": lambda: self.server.refund(key, form),
            "/v1/customers": lambda: self.server.customer(key),
            "/v1/setup_intents": lambda: self.server.setup(form),
        }
        self.answer(effects.get(self.path) or self.effect_on_one(key, form))

    def effect_on_one(self, key, form):
        """What is asked of one object."""
        if self.path.startswith("/v1/payment_methods/"):
            return dict
        verbs = {"confirm": lambda: self.server.confirm(self.path, key, form), "cancel": self.cancel}
        return verbs.get(self.path.rpartition("/")[2], lambda: self.server.update(self.path, form))

    def cancel(self):
        """The intent, cancelled unless it was paid."""
        intent = self.server.find(self.path)
        if intent["status"] != "succeeded":
            intent["status"] = "canceled"
        return intent

    def answer(self, effect):
        """Do what was asked, or what the next fault says."""
        with self.server.lock:
            asked = (self.headers.get("Idempotency-Key"), self.headers.get("Stripe-Version"))
            self.server.calls.append(Call(self.command, self.path, *asked))
            fault = self.server.faults.pop(0) if self.server.faults else None
            result = None if fault in ("drop", "silence") or isinstance(fault, int | tuple) else effect()
        if fault in ("drop", "drop after"):
            self.close_connection = True
            self.connection.close()
        elif fault == "silence":
            self.connection.recv(1)  # until the client has waited long enough and hangs up
        elif isinstance(fault, int):
            self.write(fault, {"error": {"type": "api_error", "message": "A bad day."}})
        elif isinstance(fault, tuple):
            self.write(*fault)
        elif fault == "garbage":
            self.write(200, b"<html>")
        else:
            self.write(*(result if isinstance(result, tuple) else (200, result)))

    def write(self, status, body, headers=None):
        """The answer."""
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
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
    monkeypatch.setattr("payments.gateways.stripe.client.TIMEOUT", (1, 0.7))
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.02)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
