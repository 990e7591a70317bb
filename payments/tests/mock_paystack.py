"""The shop takes naira through the stand-in for Paystack, which runs here as a real server."""

import hashlib
import hmac
import json
import threading

import pytest
import requests

from payments import inbox
from payments.gateways.paystack.mock.server import MockPaystack
from payments.models import WebhookEvent

SECRET = "sk_test_key_that_must_stay_secret"
HEADER = "HTTP_X_PAYSTACK_SIGNATURE"
HOOK = "payments/webhook/paystack"


def signed(payload):
    """The hex HMAC-SHA512 of the raw bytes, as Paystack documents it."""
    return hmac.new(SECRET.encode(), payload, hashlib.sha512).hexdigest()


class StandIn:
    """The server's addresses, and what it sent: `sent` are the raw bodies of its events."""

    def __init__(self, server):
        self.server, self.memory, self.sent = server, server.memory, []

    def post(self, path, **body):
        answer = requests.post(f"{self.server.base}{path}", json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def popup(self, reference, amount, **more):
        """A person pays."""
        return self.post(f"/popup/{reference}", amount=amount, **more)

    def mood(self, **moods):
        return self.post("/control", **moods)

    @property
    def refunds(self):
        return self.memory.kept["refunds"]

    def calls(self, begin):
        """How often the API was called so."""
        return len([call for call in self.memory.calls if call.startswith(begin)])


@pytest.fixture
def paystack(settings, monkeypatch):
    """The stand-in, empty; its events are kept in `sent`, for the test to deliver."""
    server = MockPaystack(("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    settings.PAYSTACK_SECRET_KEY, settings.PAYSTACK_PUBLIC_KEY = SECRET, "pk_test_shown"
    settings.PAYSTACK_API_BASE, settings.PAYSTACK_WEBHOOK_URL = server.base, "http://127.0.0.1:9/"
    stand_in = StandIn(server)
    monkeypatch.setattr("payments.gateways.paystack.mock.webhooks.send", stand_in.sent.append)
    yield stand_in
    server.shutdown()
    server.server_close()
    thread.join()


def deliver(api, payload, *, signature=None, path=HOOK):
    """The webhook's answer; a body that is no bytes is written as JSON."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    header = signed(raw) if signature is None else signature
    return api.generic("POST", path, raw, content_type="application/json", **{HEADER: header})


def handled(api, payload):
    """What became of the event, once the worker acted on it."""
    assert deliver(api, payload).status_code == 200
    event = WebhookEvent.objects.latest("pk")
    inbox.handle(event)
    event.refresh_from_db()
    return event.status
