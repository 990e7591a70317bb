"""A hub with its stand-ins, worker and runs in processes of their own, and merchants who use it, for benches."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.db import connection
from django.test import Client
from django_tasks_db.models import DBTaskResult

from storesync.connectors.signatures import webhook_signature
from storesync.models import Connection, SyncRun

STORES = ("PROKIP", "SHOPIFY", "WOO")
MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
CLIENT = Client()
numbers = count(time.time_ns())


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def environment() -> dict[str, str]:
    """Of the processes: the throwaway database, and the stand-ins."""
    known = {f"MOCK_{name}_URL": getattr(settings, f"MOCK_{name}_URL") for name in STORES}
    database = connection.settings_dict["NAME"]
    own, url = os.environ.get("DATABASE_URL", ""), f"sqlite:///{database}"
    if connection.vendor != "sqlite":
        url = own.rpartition("/")[0] + f"/{database}"
    return {**os.environ, **known, "MOCK_MODE": "true", "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}


@contextmanager
def running(*command: str) -> Iterator[None]:
    process = subprocess.Popen(
        [*MANAGE, *command], env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def until(is_so: Callable[[], object], *, seconds: float = 120) -> float:
    """Wait for it; how many seconds that took."""
    start = time.perf_counter()
    while not is_so():
        if time.perf_counter() - start > seconds:
            raise SystemExit("this took too long")
        time.sleep(0.02)
    return time.perf_counter() - start


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/mock/state", timeout=5).ok
    except requests.ConnectionError:
        return False


def mock(store: str, path: str, body: Any = None) -> Any:
    """What a stand-in answers under /mock."""
    url = f"{getattr(settings, f'MOCK_{store}_URL')}/mock/{path}"
    answer = requests.post(url, json=body, timeout=60) if body is not None else requests.get(url, timeout=60)
    answer.raise_for_status()
    return answer.json()


def begin_anew(**body: Any) -> "Merchant":
    """All three stores as on their first day, and a user who alone connects them."""
    DBTaskResult.objects.all().delete()
    Connection.objects.update(status=Connection.Status.REMOVED, key=None, credentials=None, webhook_secret=None)
    for store in STORES:
        mock(store, "reset", body)
    return Merchant()


class User:
    """Who signed in at the hub."""

    def __init__(self) -> None:
        account = {"username": f"bench-{next(numbers)}", "password": "Bench-pass-1!"}
        self.signed: dict[str, str] = {}
        self.post("auth/register", account)
        login = self.post("auth/login", account)
        self.id, self.signed = login["user"]["id"], {"Authorization": f"Bearer {login['token']}"}

    def post(self, path: str, body: Any) -> Any:
        return answered(CLIENT.post(f"/sync-hub/{path}", body, "application/json", headers=self.signed))

    def get(self, path: str) -> Any:
        return answered(CLIENT.get(f"/sync-hub/{path}", headers=self.signed))


class Merchant(User):
    """Who connected the ERP and both shops."""

    def __init__(self) -> None:
        super().__init__()
        self.post("connections/prokip", {"token": "mock-prokip-token", "locationId": 1})
        keys = {"consumerKey": "ck_mock", "consumerSecret": "cs_mock"}
        self.post("connections/woocommerce", {"storeUrl": "https://shop.example.com", **keys})
        self.consent(self.post("connections/shopify/initiate", {"storeUrl": "mock-shop"})["authUrl"])
        self.shops = {shop["platform"]: shop["id"] for shop in self.get("connections")}

    def consent(self, address: str) -> None:
        """What the merchant's browser does."""
        page = urlsplit(address)
        url = f"{settings.MOCK_SHOPIFY_URL}{page.path}?{page.query}"
        back = requests.get(url, allow_redirects=False, timeout=60).headers["Location"]
        CLIENT.get(f"{urlsplit(back).path}?{urlsplit(back).query}")

    def sync(self) -> tuple[float, dict[str, Any]]:
        """One `sync_stores`: its seconds, and the figures of all its runs of this user's shops."""
        latest = SyncRun.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        start = time.perf_counter()
        for shop in self.shops.values():
            subprocess.run(
                [*MANAGE, "sync_stores", "--connection", str(shop)],
                env=environment(), check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        seconds = time.perf_counter() - start
        runs = SyncRun.objects.filter(pk__gt=latest, connection__in=self.shops.values())
        return seconds, {
            name: sum(getattr(each, name) for each in runs) for name in ("calls", "throttled", "written")
        }


def answered(response: Any) -> Any:
    if response.status_code != 200:
        raise SystemExit(f"{response.status_code} {response.content.decode()[:500]}")
    return response.json()


def deliver(order: dict[str, Any], topic: str = "orders/create") -> float:
    """A webhook of the Shopify shop; how many milliseconds it took to be answered."""
    body = json.dumps({**order, "bench": next(numbers)}).encode()
    start = time.perf_counter()
    answer = CLIENT.post(
        "/sync-hub/connections/webhook/shopify",
        body,
        "application/json",
        headers={
            "X-Shopify-Hmac-Sha256": webhook_signature(body, settings.SHOPIFY_CLIENT_SECRET),
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": "mock-shop.myshopify.com",
            "X-Shopify-Event-Id": str(next(numbers)),
        },
    )
    answered(answer)
    return (time.perf_counter() - start) * 1000
