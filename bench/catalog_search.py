"""How long the database takes to search and filter 100,000 products.

The API itself is asked, so that what is measured is what shoppers get; the time is that of the queries alone.
Each figure is the best of several runs, fetching included, on warm caches. Promise: under 50 ms each.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client

from bench.catalog_products import SIZE, fill
from bench.databases import throwaway

RUNS = 7
LIMIT_MS = 50
REQUESTS = {
    "first page": "products",
    "deep page": "products?page=2000&per_page=50",
    "last page by name": "products?page=1999&per_page=50&sort=name",
    "newest": "products?sort=newest",
    "price-low": "products?sort=price-low",
    "price-high": "products?sort=price-high",
    "name": "products?sort=name",
    "category + brand": "products?category=laptop&brand=dell",
    "two brands by price": "products?brand=dell,hp&sort=price-low",
    "all filters": "products?category=laptop,phone&brand=dell,hp&condition=good&price_min=200&price_max=900"
    "&rentable=true&in_stock=true",
    "in stock by price": "products?in_stock=true&sort=price-low",
    "rare word": "products?search=dell-004",
    "one SKU": "products?search=HUA-000113-E",
    "no such word": "products?search=zzyzx",
    "common word": "products?search=laptop",
    "word of all": "products?search=refurbished",
    "one letter": "products?search=i&sort=price-low",
    "short word": "products?search=i5",
    "two words": "products?search=thinkpad+16gb",
    "three common words": "products?search=refurbished+intel+windows&sort=price-low",
    "common + rare word": "products?search=refurbished+t490",
    "word + filters": "products?search=i7&category=laptop&brand=lenovo&price_max=1200&in_stock=true",
    "common word + filters": "products?search=refurbished&category=laptop&price_max=500&sort=price-high",
    "facets": "products/facets",
    "facets + filters": "products/facets?category=laptop&brand=dell&price_max=900",
    "facets + rare word": "products/facets?search=t490",
    "facets + common word": "products/facets?search=intel&category=laptop",
}


Query = tuple[str, Any]


@dataclass(frozen=True)
class Timing:
    """A query and its time in milliseconds, fetching included."""

    query: Query
    ms: float


def run() -> None:
    """Print a line for each request: the time of all its queries, and of each."""
    settings.API_THROTTLE_ANON = ""
    settings.ALLOWED_HOSTS = ["testserver"]
    with throwaway("catalog"):
        fill()
        print(f"\nSearch among {SIZE:,} products, {connection.vendor}: ms in the database")
        for name, path in REQUESTS.items():
            timings = [Timing(query, best_ms(query)) for query in queries_of(path)]
            show(name, timings)


def show(name: str, timings: list[Timing]) -> None:
    """A line for the request; the plan of its slowest query when it takes too long."""
    total = sum(timing.ms for timing in timings)
    parts = " + ".join(f"{timing.ms:.1f}" for timing in timings)
    print(f"  {name:24}{total:8.1f}   = {parts}{'  SLOW' if total > LIMIT_MS else ''}", flush=True)
    if total > LIMIT_MS:
        explain(max(timings, key=lambda timing: timing.ms))


def queries_of(path: str) -> list[Query]:
    """The queries that one request makes."""
    queries: list[Query] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        queries.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        response = Client().get(f"/api/{path}")
    assert response.status_code == 200, response.content
    return queries


def best_ms(query: Query) -> float:
    """The time of the run that the machine disturbed least."""
    return min(run_ms(query) for _ in range(RUNS))


def run_ms(query: Query) -> float:
    """The time of one run, until the last row is here."""
    with connection.cursor() as cursor:
        start = perf_counter()
        cursor.execute(*query)
        cursor.fetchall()
        return (perf_counter() - start) * 1000


def explain(timing: Timing) -> None:
    """Print the plan of a query."""
    sql, params = timing.query
    prefix = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        print(f"    {timing.ms:.1f} ms: {sql % params if params else sql}")
        cursor.execute(f"{prefix} {sql}", params)
        for row in cursor.fetchall():
            print("       ", *row)
