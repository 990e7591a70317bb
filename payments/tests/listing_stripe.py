"""A stand-in for Stripe's lists: pages of whatever the test puts there."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest
import stripe


class ListingStripe(ThreadingHTTPServer):
    """Answers GET /v1/{name} with `rows[name]`, page by page; notes each query. When `broken`, 500."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.rows, self.queries, self.broken = {}, [], False

    def page(self, path, query):
        """The rows after `starting_after`, at most `limit`."""
        rows = self.rows.get(path.removeprefix("/v1/"), [])
        ids = [row["id"] for row in rows]
        start = ids.index(query["starting_after"]) + 1 if "starting_after" in query else 0
        end = start + int(query["limit"])
        return {"object": "list", "url": path, "has_more": end < len(rows), "data": rows[start:end]}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self):
        """A page."""
        address = urlsplit(self.path)
        query = dict(parse_qsl(address.query))
        self.server.queries.append(query)
        broken = {"error": {"type": "api_error", "message": "A bad day."}}
        payload = json.dumps(broken if self.server.broken else self.server.page(address.path, query)).encode()
        self.send_response(500 if self.server.broken else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def listing_stripe(settings, monkeypatch):
    """The shop's gateway is this server."""
    server = ListingStripe()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    settings.STRIPE_SECRET_KEY = "sk_test_lists"
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.02)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
