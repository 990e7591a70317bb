"""Stores in step: what a webhook costs, how many calls a run of 10,000 SKUs makes, how soon the last piece is gone.

The three stand-ins, a worker and `sync_stores` run in processes of their own. The goals stand with each figure. On
SQLite webhooks that come at once take turns.
"""

import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from bench.databases import throwaway
from core.text.canonical import sha256
from storesync.connectors.signatures import webhook_signature
from storesync.mock.catalogue import generated
from storesync.models import Connection, ErpSale, SyncRun, TraceEvent

SKUS = 10_000
A_SECOND, SECONDS = 50, 6
ORDERS = 500
EVENTS, SHOPS = 1_000_000, 20
STORES = ("PROKIP", "SHOPIFY", "WOO")
MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
CLIENT = Client()
numbers = count(time.time_ns())


def run() -> None:
    """Print a line for each goal."""
    unlimited = {name: "" for name in dir(settings) if "_THROTTLE_" in name}
    ports = {f"MOCK_{name}_URL": f"http://127.0.0.1:{free_port()}" for name in STORES}
    with throwaway("storesync"), override_settings(ALLOWED_HOSTS=["*"], MOCK_MODE=True, **unlimited, **ports):
        print(f"\nstoresync ({connection.vendor})")
        with running("run_mock_stores"):
            until(lambda: all(answers(url) for url in ports.values()))
            webhooks(Merchant())
            catalogue()
            last_piece()
            after_a_pause()
        status()
        trace()


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
    process = subprocess.Popen([*MANAGE, *command], env=environment(), stdout=subprocess.DEVNULL)
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
    """All three stores as on their first day, and a user who connects them."""
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


def webhooks(merchant: Merchant) -> None:
    """Each comes at its moment, whether the one before was answered or not."""
    order = mock("SHOPIFY", "orders", {"lines": [{"sku": "MOUSE-1"}]})
    deliver(order)
    with CaptureQueriesContext(connection) as captured:
        deliver(order)
    print(f"  a webhook                    {len(captured):7} queries of 6, the transaction's two among them")
    times: list[float] = []

    def work() -> None:
        times.append(deliver(order))
        connection.close()

    threads = [threading.Timer(place / A_SECOND, work) for place in range(A_SECOND * SECONDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    p99 = times[int(len(times) * 0.99) - 1]
    print(f"  {A_SECOND} webhooks a second          {median(times):7.1f} ms  (p50; p99 {p99:.1f} of 100)")


def catalogue() -> None:
    """A whole catalogue that changed, and once more when nothing did."""
    merchant = begin_anew(items=SKUS)
    del merchant.shops["woocommerce"]
    for name, goal in (("changed", "60 and 25"), ("unchanged", "20 in all, nothing written")):
        asked = len(mock("PROKIP", "state")["calls"])
        seconds, figures = merchant.sync()
        erp = len(mock("PROKIP", "state")["calls"]) - asked
        print(
            f"  {SKUS} SKUs {name:17} {seconds:7.1f} s   {figures['calls']} calls to the shop and {erp} to the ERP"
            f" of {goal}; {figures['written']} written, {figures['throttled']} throttled"
        )
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  memory of the largest run    {largest:7.0f} MB  of 150")


def last_piece() -> None:
    """A shop sells the last piece while the worker sends orders: until the other shop shows none."""
    merchant = begin_anew()
    merchant.sync()
    with running("db_worker", "--interval", "0.2"):
        for _ in range(50):
            deliver(mock("SHOPIFY", "orders", {"lines": [{"sku": "BUDS-1"}]}))
        deliver(mock("SHOPIFY", "orders", {"lines": [{"sku": "PHONE-C"}]}))
        seconds = until(lambda: mock("WOO", "state")["stock"]["PHONE-C"] == 0)
    print(f"  last piece sold → zeroed     {seconds:7.1f} s   of 5, behind 50 orders")


def after_a_pause() -> None:
    """Orders of a day that no webhook told, until each is one sale."""
    merchant = begin_anew()
    merchant.sync()
    for _ in range(ORDERS):
        mock("SHOPIFY", "orders", {"lines": [{"sku": "CABLE-C"}]})
    start = time.perf_counter()
    with running("db_worker", "--interval", "0.2"):
        merchant.sync()
        sales = ErpSale.objects.filter(order__connection=merchant.shops["shopify"]).exclude(confirmed_at=None)
        until(lambda: sales.count() == ORDERS)
    seconds = time.perf_counter() - start
    sold = [sale["invoice_no"] for sale in mock("PROKIP", "state")["sells"]]
    is_right = len(set(sold)) == len(sold) == ORDERS and sold == sorted(sold)
    print(f"  {ORDERS} orders after a pause     {seconds:7.1f} s   of 120; each once and in order: {is_right}")


def status() -> None:
    user = User()
    Connection.objects.bulk_create(
        Connection(owner_id=user.id, platform="shopify", address=f"{n}.myshopify.com", key=sha256(f"{n} {user.id}"))
        for n in range(SHOPS)
    )
    with CaptureQueriesContext(connection) as captured:
        user.get("sync/status")
    print(f"  status of {SHOPS} connections     {len(captured):7} queries of 4, the session's among them")


def trace() -> None:
    """One of 10,000 SKUs, with a hundred events or more."""
    user = User()
    TraceEvent.objects.bulk_create(
        (
            TraceEvent(owner_id=user.id, sku=item.sku, sku_key=sha256(item.sku), kind="erp", at=timezone.now())
            for item in generated(SKUS)
        ),
        batch_size=1_000,
    )
    double(user, until=EVENTS)
    user.get("sync/trace?sku=SKU-00001")
    start = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        found = user.get("sync/trace?sku=SKU-00777")["events"]
    took = (time.perf_counter() - start) * 1000
    print(f"  trace among {EVENTS} events {took:9.1f} ms  of 100; {len(captured)} queries of 4, {len(found)} events")


def double(user: User, *, until: int) -> None:
    """Copy the user's events until there are so many."""
    table = connection.ops.quote_name(TraceEvent._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in TraceEvent._meta.concrete_fields if not field.primary_key)
    mine = TraceEvent.objects.filter(owner_id=user.id)
    while mine.count() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE owner_id = {user.id}"
            )
