"""The shop takes naira through the stand-in for Paystack, which runs here as a real server."""

import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from unittest import mock

import pytest
import requests
from django.test import override_settings

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


@contextmanager
def stand_in():
    """The stand-in, empty, as long as the block lasts; its events are kept in `sent`, to be delivered."""
    server = MockPaystack(("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    opened = StandIn(server)
    keys = {"PAYSTACK_SECRET_KEY": SECRET, "PAYSTACK_PUBLIC_KEY": "pk_test_shown"}
    addresses = {"PAYSTACK_API_BASE": server.base, "PAYSTACK_WEBHOOK_URL": "http://127.0.0.1:9/"}
    try:
        with (
            override_settings(**keys, **addresses),
            mock.patch("payments.gateways.paystack.mock.webhooks.send", opened.sent.append),
        ):
            yield opened
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def paystack():
    """The stand-in for a test."""
    with stand_in() as opened:
        yield opened


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
