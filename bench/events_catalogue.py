"""The list of 20 events, one event, and a search, among 100 and 100,000 events.

The API itself is asked. Promise: at most 6, 5 and 7 queries, and much the same time among many as among few.
"""

from time import perf_counter

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.databases import throwaway
from bench.events_data import fill
from events.models import Event

SIZES = (100, 100_000)
RUNS = 20
REQUESTS = {
    "list": "events?limit=20",
    "one event": "events/{event}",
    "search, rare word": "events/search?q=000042",
    "search, common word": "events/search?q=jazz",
    "search, two words": "events/search?q=jazz+lagos",
    "city": "events?city=lagos",
    "featured": "events/featured",
    "a month": "events?start_date={month}-01&end_date={month}-28",
}


def run() -> None:
    """Print a line for each request: its queries and milliseconds, for each size."""
    settings.EVENTS_THROTTLE_ANON = ""
    settings.ALLOWED_HOSTS = ["testserver"]
    for size in SIZES:
        with throwaway(f"events_{size}"):
            fill(size)
            event = Event.objects.latest("starts_at")
            print(f"\nCatalogue of {size:,} events, {connection.vendor}: queries and ms")
            for name, path in REQUESTS.items():
                measure(name, path.format(event=event.pk, month=f"{event.starts_at:%Y-%m}"))


def measure(name: str, path: str) -> None:
    """A line: how many queries the call makes, and the median of its time."""
    client, times = Client(), []
    for _ in range(RUNS):
        start = perf_counter()
        answer = client.get(f"/events/api/v1/{path}")
        times.append((perf_counter() - start) * 1000)
    assert answer.status_code == 200, answer.content
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/events/api/v1/{path}")
    print(f"  {name:24}{len(queries):4}{sorted(times)[RUNS // 2]:9.1f}", flush=True)
