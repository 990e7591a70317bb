"""Calls of WooCommerce's REST API. https://woocommerce.github.io/woocommerce-rest-api-docs/"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.conf import settings

from storesync import wire
from storesync.connectors.budget import Meter
from storesync.models import Connection
from storesync.values import members, text, whole

Row = dict[str, Any]

PAGE = 100  # the most rows of a page, and of a batch
MOST_PAGES = 10_000  # of one list, whatever the shop says of their number
ROOT = "/wp-json/wc/v3/"


class Api:
    """The API of one shop."""

    def __init__(self, meter: Meter) -> None:
        self.meter, self.connection = meter, meter.connection

    def call(self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None) -> wire.Reply:
        """Raises CallFailed."""
        return self.meter.call(lambda: self.called(method, path, query or {}, body))

    def called(self, method: str, path: str, query: Mapping[str, Any], body: Any) -> wire.Reply:
        key, secret = kept(self.connection)
        url = wire.place(f"{self.connection.address}{ROOT}{path}", mock=settings.MOCK_WOO_URL)
        headers: dict[str, str] = {}
        if url.startswith("https:") or settings.MOCK_MODE:
            headers["Authorization"] = basic(key, secret)
        else:
            query = signed(method, url, query, key=key, secret=secret)
        return wire.call(method, url, headers=headers, query=query, body=body, secrets=(key, secret))

    def pages(self, path: str, **query: Any) -> Iterator[list[Row]]:
        """Each page of a list, in the order of its ids."""
        for number in range(1, MOST_PAGES + 1):
            asked = {"orderby": "id", "order": "asc", **query, "per_page": PAGE, "page": number}
            reply = self.call("GET", path, query=asked)
            if not isinstance(reply.body, list):
                raise wire.BadAnswer
            yield members(reply.body)
            if not reply.body or number >= (whole(reply.headers.get("x-wp-totalpages")) or 1):
                return

    def batch(self, path: str, **rows: list[Row]) -> list[Row]:
        """What became of each row of a batch (`create`, `update`), in their order; `error_in` tells which failed."""
        body = self.call("POST", f"{path}/batch", body=rows).body
        answers = [row for kind in rows for row in members(body.get(kind) if isinstance(body, dict) else None)]
        if len(answers) != sum(map(len, rows.values())):
            raise wire.BadAnswer
        return answers


def kept(connection: Connection) -> tuple[str, str]:
    """The shop's keys. Raises RefusedCredentials where they are gone."""
    if connection.credentials is None:
        raise wire.RefusedCredentials
    found = json.loads(connection.credentials)
    return found["consumer_key"], found["consumer_secret"]


def credentials_of(consumer_key: str, consumer_secret: str) -> str:
    """As a connection keeps them, sealed."""
    return json.dumps({"consumer_key": consumer_key, "consumer_secret": consumer_secret})


def basic(key: str, secret: str) -> str:
    return f"Basic {base64.b64encode(f'{key}:{secret}'.encode()).decode()}"


def signed(method: str, url: str, query: Mapping[str, Any], *, key: str, secret: str) -> dict[str, str]:
    """The query with OAuth 1.0a's signature, for a line on which the secret itself must not travel."""
    said = {
        **{name: str(value) for name, value in query.items()},
        "oauth_consumer_key": key,
        "oauth_nonce": uuid4().hex,
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(int(time.time())),
    }
    pairs = sorted((escaped(name), escaped(value)) for name, value in said.items())
    base = "&".join([method, escaped(url), escaped("&".join(f"{name}={value}" for name, value in pairs))])
    digest = hmac.new(f"{secret}&".encode(), base.encode(), hashlib.sha256).digest()
    return {**said, "oauth_signature": base64.b64encode(digest).decode()}


def escaped(part: str) -> str:
    return quote(part, safe="~")


def error_in(row: Row) -> str | None:
    """Why a row of a batch was refused; None where it was not."""
    error = row.get("error")
    return (text(error.get("message")) or "It was refused.") if isinstance(error, dict) else None
