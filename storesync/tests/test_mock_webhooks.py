"""The webhooks of the shops' stand-ins, on a real line: signed, tried again, given up, doubled, lost."""

import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings

from storesync.mock.shopify.store import ShopifyStore
from storesync.mock.woo.store import WooStore
from storesync.tests.mocks import ShopifyStandIn, WooStandIn, stand_in
from storesync.tests.recorded import recorded, unlike

SUBSCRIBE = """
mutation($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: {uri: $uri}) {
    webhookSubscription { id topic uri } userErrors { field message } } }"""
LIST = "{ webhookSubscriptions(first: 50) { nodes { id topic uri } } }"


class Hub(ThreadingHTTPServer):
    """Takes webhooks, and answers the statuses in `statuses` before it answers 200."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.got, self.statuses = [], []
        self.url = f"http://127.0.0.1:{self.server_port}/hook"

    def topics(self, header):
        return [headers[header] for headers, _ in self.got]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.end_headers()

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def hub():
    server = Hub()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@contextmanager
def impatient(store, setting, kind):
    """A shop that waits no time before it tries again."""
    store.outbox.gaps = tuple(0.001 for _ in store.outbox.gaps)
    with stand_in(store, setting, kind) as opened:
        yield opened


@pytest.fixture
def shop(hub):
    with impatient(ShopifyStore(), "MOCK_SHOPIFY_URL", ShopifyStandIn) as opened:
        for topic in ("ORDERS_CREATE", "ORDERS_UPDATED", "ORDERS_CANCELLED", "PRODUCTS_UPDATE", "APP_UNINSTALLED"):
            made = opened.ask(SUBSCRIBE, topic=topic, uri=hub.url)["data"]["webhookSubscriptionCreate"]
            assert made["userErrors"] == []
        yield opened


def signed(secret, body):
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def test_shopify_signs_what_it_sends(shop, hub):
    order = shop.sell("PHONE-A")
    shop.settle()
    headers, body = hub.got[0]
    assert headers["x-shopify-hmac-sha256"] == signed(settings.SHOPIFY_CLIENT_SECRET, body)
    assert headers["x-shopify-topic"] == "orders/create"
    assert headers["x-shopify-shop-domain"] == "mock-shop.myshopify.com"
    names = {"webhook-id", "event-id", "triggered-at", "api-version"}
    assert {f"x-shopify-{name}" for name in names} <= set(headers)
    assert json.loads(body) == order


def test_shopify_tells_of_each_change(shop, hub):
    order = shop.sell("PHONE-A", paid=False)
    shop.change(order, "pay")
    shop.change(order, "refund", lines=[], amount="1.00")
    shop.change(order, "cancel")
    shop.set_stock("MOUSE-1", 3)
    shop.settle()
    assert hub.topics("x-shopify-topic") == [
        "orders/create", "orders/updated", "orders/updated", "orders/cancelled", "orders/updated", "products/update",
    ]  # fmt: skip
    product = json.loads(hub.got[-1][1])
    assert unlike(product, recorded("shopify/products-update.raw.json")) == []
    assert product["variants"][0]["inventory_quantity"] == 3


def test_shopify_tries_again_with_the_same_ids(shop, hub):
    hub.statuses = [500, 302, 404]
    shop.sell("PHONE-A")
    shop.settle()
    assert len({(headers["x-shopify-webhook-id"], headers["x-shopify-event-id"]) for headers, _ in hub.got}) == 1
    assert shop.state()["deliveries"] == [{"topic": "orders/create", "answers": [500, 302, 404, 200]}]


def test_shopify_takes_the_subscription_away_after_eight_retries(shop, hub):
    hub.statuses = [500] * 9
    shop.sell("PHONE-A")
    shop.settle()
    assert len(hub.got) == 9
    topics = {row["topic"] for row in shop.ask(LIST)["data"]["webhookSubscriptions"]["nodes"]}
    assert topics == {"ORDERS_UPDATED", "ORDERS_CANCELLED", "PRODUCTS_UPDATE", "APP_UNINSTALLED"}


def test_a_subscription_stands_once_and_goes_when_it_is_deleted(shop, hub):
    again = shop.ask(SUBSCRIBE, topic="ORDERS_CREATE", uri=hub.url)["data"]["webhookSubscriptionCreate"]
    assert again["userErrors"][0]["message"] == "Address for this topic has already been taken"
    wrong = shop.ask(SUBSCRIBE, topic="ORDERS_CREATE", uri="hub.example.com")["data"]["webhookSubscriptionCreate"]
    assert (wrong["webhookSubscription"], bool(wrong["userErrors"])) == (None, True)
    first = shop.ask(LIST)["data"]["webhookSubscriptions"]["nodes"][0]
    delete = """mutation($id: ID!) { webhookSubscriptionDelete(id: $id) {
        deletedWebhookSubscriptionId userErrors { message } } }"""
    gone = shop.ask(delete, id=first["id"])["data"]["webhookSubscriptionDelete"]
    assert gone == {"deletedWebhookSubscriptionId": first["id"], "userErrors": []}
    assert shop.ask(delete, id=first["id"])["data"]["webhookSubscriptionDelete"]["userErrors"]
    shop.sell("PHONE-A")
    shop.settle()
    assert hub.got == []


@pytest.mark.parametrize(("kind", "count"), [("lose", 0), ("duplicate", 2), ("reorder", 1)])
def test_webhooks_are_lost_doubled_and_held(shop, hub, kind, count):
    shop.fail(kind, match="orders/create", seconds=0.2)
    order = shop.sell("PHONE-A", paid=False)
    shop.change(order, "pay")
    shop.settle()
    topics = hub.topics("x-shopify-topic")
    assert (topics.count("orders/create"), topics.count("orders/updated")) == (count, 1)
    if kind == "reorder":
        assert topics == ["orders/updated", "orders/create"]


def test_who_takes_the_app_away_ends_its_token(shop, hub):
    headers = {"X-Shopify-Access-Token": shop.token}
    shop.control("POST", "uninstall")
    shop.settle()
    assert hub.topics("x-shopify-topic") == ["app/uninstalled"]
    answer = shop.call("POST", "/admin/api/2026-10/graphql.json", json={"query": "{ shop { id } }"}, headers=headers)
    assert answer.status_code == 401
    assert shop.state()["hooks"] == []


# WooCommerce


def hook(woo, hub, topic="order.created", **more):
    body = {"name": "hub", "topic": topic, "delivery_url": hub.url, "secret": "s3cret", **more}
    return woo.api("POST", "webhooks", json=body)


@pytest.fixture
def woo_shop(hub):
    with impatient(WooStore(), "MOCK_WOO_URL", WooStandIn) as opened:
        yield opened


def test_woo_probes_an_address_with_a_form_that_nobody_signed(woo_shop, hub):
    made = hook(woo_shop, hub)
    woo_shop.settle()
    headers, body = hub.got[0]
    assert (made.status_code, body) == (201, f"webhook_id={made.json()['id']}".encode())
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert "x-wc-webhook-signature" not in headers
    assert "secret" not in made.json()


def test_woo_signs_the_bytes_that_php_wrote(woo_shop, hub):
    hook(woo_shop, hub)
    order = woo_shop.sell("USB-C/Ö 1")
    woo_shop.settle()
    headers, body = hub.got[1]
    assert headers["x-wc-webhook-signature"] == signed("s3cret", body)
    assert (b"\\/wp-json\\/" in body, b"\\u20ac" in body, json.loads(body) == order) == (True, True, True)
    assert (headers["x-wc-webhook-topic"], headers["x-wc-webhook-source"]) == ("order.created", f"{woo_shop.base}/")
    assert {f"x-wc-webhook-{name}" for name in ("resource", "event", "id", "delivery-id")} <= set(headers)


def test_woo_tells_of_each_change_and_sends_every_delivery_under_a_new_number(woo_shop, hub):
    for topic in ("order.created", "order.updated", "order.deleted", "product.updated"):
        hook(woo_shop, hub, topic)
    woo_shop.fail("duplicate", match="order.created", count=1)
    order = woo_shop.sell("PHONE-A", paid=False)
    woo_shop.change(order, "pay")
    woo_shop.change(order, "refund", lines=[], amount="1")
    woo_shop.change(order, "delete")
    woo_shop.settle()
    told = [headers for headers, _ in hub.got[4:]]
    assert [headers["x-wc-webhook-topic"] for headers in told] == [
        "product.updated", "order.created", "order.created", "order.updated", "order.updated", "order.deleted",
    ]  # fmt: skip
    assert json.loads(hub.got[-1][1]) == {"id": order["id"]}
    assert len({headers["x-wc-webhook-delivery-id"] for headers in told}) == 6


def test_woo_disables_a_hook_after_five_failures_and_tries_nothing_again(woo_shop, hub):
    number = hook(woo_shop, hub).json()["id"]
    woo_shop.settle()
    hub.statuses = [500, 302, 500, 404, 500, 500, 500]
    for _ in range(9):
        woo_shop.sell("SD-128")
        woo_shop.settle()
    assert len(hub.got) == 1 + 7
    assert woo_shop.api("GET", f"webhooks/{number}").json()["status"] == "disabled"
    woo_shop.api("PUT", f"webhooks/{number}", json={"status": "active"})
    woo_shop.sell("SD-128")
    woo_shop.settle()
    assert len(hub.got) == 1 + 8


def test_hooks_are_listed_and_deleted(woo_shop, hub):
    made = hook(woo_shop, hub).json()
    assert woo_shop.api("GET", "webhooks").json() == [made]
    assert hook(woo_shop, hub, "order.paid").json()["code"] == "woocommerce_rest_invalid_webhook_topic"
    assert hook(woo_shop, hub, delivery_url="hub").json()["code"] == "woocommerce_rest_invalid_webhook_delivery_url"
    assert woo_shop.api("DELETE", f"webhooks/{made['id']}").status_code == 501
    assert woo_shop.api("DELETE", f"webhooks/{made['id']}", params={"force": "true"}).json() == made
    assert woo_shop.api("GET", "webhooks").json() == []
    assert woo_shop.api("GET", f"webhooks/{made['id']}").status_code == 404
