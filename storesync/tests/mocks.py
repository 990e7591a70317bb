"""The stand-ins of the three platforms as real servers on free ports: `prokip`, `shopify`, `woo`."""

import threading
from contextlib import contextmanager
from functools import cached_property
from typing import NamedTuple
from unittest import mock
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
from django.conf import settings
from django.test import override_settings

from storesync.mock.faults import Fault
from storesync.mock.prokip.store import ProkipStore
from storesync.mock.server import MockServer
from storesync.mock.shopify.store import ShopifyStore
from storesync.mock.woo.access import KEY, SECRET
from storesync.mock.woo.store import WooStore


class StandIn:
    """One of them: `base` is its address, `store` what it knows."""

    def __init__(self, server):
        self.store, self.base = server.store, server.store.base
        # Webhooks that left it while nobody listens to its hooks: address, headers, raw body.
        self.sent = []

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
def stand_in(store, setting, kind=StandIn):
    """It answers as long as the block lasts, where the setting says."""
    server = MockServer(("127.0.0.1", 0), store)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    opened = kind(server)
    try:
        with override_settings(**{setting: opened.base}, MOCK_MODE=True):
            yield opened
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def prokip():
    with stand_in(ProkipStore(), "MOCK_PROKIP_URL") as opened:
        yield opened


class Shop(StandIn):
    """A shop, which sends webhooks."""

    def hear(self):
        """Let its webhooks go nowhere: they are kept in `sent`, in the order in which they left."""

        def keep(address, headers, body, timeout):
            self.sent.append(Webhook(address, headers, body))
            return 200

        return mock.patch("storesync.mock.outbox.send", keep)

    def settle(self):
        """Wait until no webhook is under way."""
        assert self.store.outbox.wait()


class Webhook(NamedTuple):
    """One that left a shop."""

    address: str
    headers: dict
    body: bytes

    def deliver(self, client):
        """Bring it to the hub by Django's test client; its answer."""
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()}
        path = urlsplit(self.address).path
        return client.generic("POST", path, self.body, content_type=self.headers["Content-Type"], **headers)


class ShopifyStandIn(Shop):
    STOCK = """
    query($first: Int!, $after: String, $query: String) {
      productVariants(first: $first, after: $after, query: $query) {
        nodes {
          id sku price
          inventoryItem { id tracked inventoryLevels(first: 1) { nodes { location { id name } quantities(names: ["available", "committed", "on_hand"]) { name quantity } } } }
        }
        pageInfo { hasNextPage endCursor }
      }
    }"""  # noqa: E501

    def consent(self, address=None, shop="mock-shop.myshopify.com"):
        """What a merchant does: opens the page, which leads back to the hub. The address to which it leads."""
        query = urlsplit(address).query if address else self.installing()
        answer = self.call("GET", f"/admin/oauth/authorize?{query}", headers={"Host": shop})
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def installing(self, scope="read_products,write_inventory", state="state"):
        query = {
            "client_id": settings.SHOPIFY_CLIENT_ID, "scope": scope, "state": state,
            "redirect_uri": "https://hub.example.com/callback",
        }  # fmt: skip
        return urlencode(query)

    def exchange(self, **fields):
        """The answer to a code or a refresh token."""
        app = {"client_id": settings.SHOPIFY_CLIENT_ID, "client_secret": settings.SHOPIFY_CLIENT_SECRET}
        return self.call("POST", "/admin/oauth/access_token", json={**app, **fields})

    @cached_property
    def token(self):
        """An access token without an end."""
        code = dict(parse_qsl(urlsplit(self.consent()).query))["code"]
        return self.exchange(code=code).json()["access_token"]

    def ask(self, document, /, *, token=None, **variables):
        """The whole answer to a GraphQL query."""
        body = {"query": document, "variables": variables}
        headers = {"X-Shopify-Access-Token": token or self.token}
        answer = self.call("POST", "/admin/api/2026-10/graphql.json", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def variants(self):
        """What the Admin API tells of each SKU."""
        answer = self.ask(self.STOCK, first=100)
        return {row["sku"]: row for row in answer["data"]["productVariants"]["nodes"]}


@pytest.fixture
def shopify():
    with stand_in(ShopifyStore(), "MOCK_SHOPIFY_URL", ShopifyStandIn) as opened, opened.hear():
        yield opened


class WooStandIn(Shop):
    def api(self, method, path, **more):
        """Its answer with the keys, whatever the status."""
        return self.call(method, f"/wp-json/wc/v3/{path}", auth=(KEY, SECRET), **more)


@pytest.fixture
def woo():
    with stand_in(WooStore(), "MOCK_WOO_URL", WooStandIn) as opened, opened.hear():
        yield opened
