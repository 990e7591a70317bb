"""The stand-ins of the three platforms as real servers on free ports: `prokip`, `shopify`, `woo`."""

import threading
from contextlib import contextmanager

import pytest
import requests
from django.test import override_settings

from storesync.mock.faults import Fault
from storesync.mock.prokip.store import ProkipStore
from storesync.mock.server import MockServer


class StandIn:
    """One of them. `base` is its address, `store` what it knows, `sent` the webhooks that left it."""

    def __init__(self, server):
        self.store, self.base, self.sent = server.store, server.store.base, []

    def call(self, method, path, **more):
        """Its answer, whatever the status."""
        return requests.request(method, f"{self.base}{path}", timeout=30, allow_redirects=False, **more)

    def control(self, method, path, body=None):
        answer = self.call(method, f"/mock/{path}", json=body or {})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def state(self):
        return self.control("GET", "state")

    def sell(self, *lines, **order):
        """Somebody buys SKUs, or (SKU, quantity)s; the order as the shop's API shows it."""
        pairs = [line if isinstance(line, tuple) else (line, 1) for line in lines]
        wanted = [{"sku": sku, "quantity": quantity} for sku, quantity in pairs]
        return self.control("POST", "orders", {"lines": wanted, **order})

    def change(self, order, what, **more):
        """pay, cancel, refund or delete."""
        return self.control("POST", f"orders/{order['id']}/{what}", more)

    def set_stock(self, sku, quantity):
        self.control("POST", "stock", {"sku": sku, "quantity": quantity})

    def fail(self, kind, **more):
        """One more thing that goes wrong: `count`, `rate`, `match`, `seconds`."""
        with self.store.lock:
            self.store.faults.rules.append(Fault(kind, **more))

    def heal(self):
        self.store.faults.rules.clear()

    def calls(self, begin=""):
        """The calls of its API that began so."""
        return [call for call in self.store.calls if call.startswith(begin)]


@contextmanager
def stand_in(store, setting):
    """It answers as long as the block lasts, where the setting says."""
    server = MockServer(("127.0.0.1", 0), store)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    opened = StandIn(server)
    try:
        with override_settings(**{setting: opened.base}):
            yield opened
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def prokip():
    with stand_in(ProkipStore(), "MOCK_PROKIP_URL") as opened:
        yield opened
