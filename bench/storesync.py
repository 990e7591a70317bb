"""Stores in step: what a webhook costs, how many calls a run of 10,000 SKUs makes, how soon the last piece is gone.

The three stand-ins, a worker and `sync_stores` run in processes of their own. The goals stand with each figure. On
SQLite webhooks that come at once take turns.
"""

import resource
import threading
import time
from statistics import median

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from bench.databases import throwaway
from bench.hub import STORES, User, answers, begin_anew, deliver, free_port, mock, running, until
from core.text.canonical import sha256
from storesync.mock.catalogue import generated
from storesync.models import Connection, ErpSale, TraceEvent

SKUS = 10_000
A_SECOND, SECONDS = 50, 6
ORDERS = 500
EVENTS, SHOPS = 1_000_000, 20


def run() -> None:
    """Print a line for each goal."""
    unlimited = {name: "" for name in dir(settings) if "_THROTTLE_" in name}
    ports = {f"MOCK_{name}_URL": f"http://127.0.0.1:{free_port()}" for name in STORES}
    with throwaway("storesync"), override_settings(ALLOWED_HOSTS=["*"], MOCK_MODE=True, **unlimited, **ports):
        print(f"\nstoresync ({connection.vendor})")
        with running("run_mock_stores"):
            until(lambda: all(answers(url) for url in ports.values()))
            webhooks()
            catalogue()
            last_piece()
            after_a_pause()
        status()
        trace()


def webhooks() -> None:
    """Each comes at its moment, whether the one before was answered or not."""
    begin_anew()
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
    """A whole catalogue at a shop that never was synced, that changed since then, and that did not."""
    merchant = begin_anew(items=SKUS)
    del merchant.shops["woocommerce"]
    for name, goals in (("new", ""), ("changed", " of 60 and 25"), ("unchanged", " of 20 and 25, 0 written")):
        if name == "changed":
            mock("PROKIP", "orders", {"lines": [{"sku": item.sku, "quantity": 1} for item in generated(SKUS)]})
        asked = len(mock("PROKIP", "state")["calls"])
        seconds, figures = merchant.sync()
        erp = len(mock("PROKIP", "state")["calls"]) - asked
        print(
            f"  {SKUS} SKUs, {name:17} {seconds:6.1f} s   {figures['calls']} calls to the shop and {erp} to the ERP"
            f"{goals}; {figures['written']} written, {figures['throttled']} throttled"
        )
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  memory of the largest run    {largest:7.0f} MB  of 150")


def last_piece() -> None:
    """A shop sells the last piece while the worker sends orders: until the other shop shows none."""
    merchant = begin_anew()
    merchant.sync()
    with running("db_worker", "--interval", "0.2"):
        deliver(mock("SHOPIFY", "orders", {"lines": [{"sku": "CABLE-C"}]}))
        until(ErpSale.objects.filter(order__connection=merchant.shops["shopify"]).exists)  # the worker is there
        for _ in range(50):
            deliver(mock("SHOPIFY", "orders", {"lines": [{"sku": "BUDS-1"}]}))
        deliver(mock("SHOPIFY", "orders", {"lines": [{"sku": "PHONE-C"}]}))
        seconds = until(lambda: mock("WOO", "state")["stock"]["PHONE-C"] == 0)
    print(f"  last piece sold → zeroed     {seconds:7.1f} s   of 5, behind 50 orders")


def after_a_pause() -> None:
    """Orders of a day that no webhook told, until each is one sale."""
    merchant = begin_anew(items=2 * ORDERS)
    merchant.sync()
    for item in [item for item in generated(2 * ORDERS) if (item.prokip or 0) > 20][:ORDERS]:
        mock("SHOPIFY", "orders", {"lines": [{"sku": item.sku}]})
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
        Connection(
            owner_id=user.id,
            platform="shopify",
            address=f"{n}.myshopify.com",
            identity=f"{n}.myshopify.com",
            key=sha256(f"{n} {user.id}"),
        )
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
    columns = ", ".join(
        connection.ops.quote_name(str(field.column))
        for field in TraceEvent._meta.concrete_fields
        if not field.primary_key
    )
    mine = TraceEvent.objects.filter(owner_id=user.id)
    while mine.count() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE owner_id = {user.id}"
            )
