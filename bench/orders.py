"""The order endpoints: how many queries each uses, and how long it takes, on a throwaway database.

The budgets are the shop's own: my orders 4, detail 8, placing 15 and 2 more for each further line.
"""

import time
from collections.abc import Callable
from decimal import Decimal
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from accounts.models import Address, User
from bench.databases import throwaway
from catalog.models import Category, Product
from core.testing.client import ApiClient
from orders.models import Order, OrderPayment

ORDERS = 10
ROUNDS = 30
AUTHENTICATION = 1  # the query that finds the session and its user
MARKS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK", "BEGIN", "COMMIT")


def run() -> None:
    """Print one line for each endpoint."""
    unlimited = {name: "" for name in dir(settings) if name.startswith("API_THROTTLE_")}
    with throwaway("orders"), override_settings(ALLOWED_HOSTS=["testserver"], **unlimited):
        shop = Shop()
        order = [shop.place(lines=2) for _ in range(ORDERS)][-1]
        print(f"\norders ({connection.vendor}, median of {ROUNDS})")
        measure("my orders (10 with items)", 4, lambda: shop.api.get("orders"))
        measure("order detail", 8, lambda: shop.api.get(f"orders/{order}"))
        measure("statistics", None, lambda: shop.api.get("orders/stats"))
        for lines in (1, 2, 10):
            measure(f"placing, {lines} line(s)", 15 + 2 * (lines - 1), lambda n=lines: shop.post(lines=n))
        measure("payment intent", None, lambda: shop.api.post(f"orders/{order}/payment-intent"))


class Shop:
    """A customer with an address, and shelves that do not run empty."""

    def __init__(self) -> None:
        OrderPayment.objects.all().delete()
        Order.objects.all().delete()
        user, _ = User.objects.get_or_create(email="bench@example.com", defaults={"password": "!"})
        known = {"first_name": "Ada", "last_name": "Lovelace", "street_address": "123 Main St"}
        where = {"city": "San Francisco", "state": "CA", "zip_code": "94107", "country": "US"}
        self.address, _ = Address.objects.get_or_create(user=user, **known, **where)
        self.products = [self.product(number) for number in range(10)]
        self.api = ApiClient().login_as(user)

    def product(self, number: int) -> int:
        """The id of a product with a million pieces."""
        category, _ = Category.objects.get_or_create(slug="laptop", defaults={"name": "Laptop"})
        fields = {"name": f"Laptop {number}", "price": Decimal("599.99"), "inventory_count": 1_000_000}
        made, _ = Product.objects.update_or_create(sku=f"BENCH-{number}", defaults={**fields, "category": category})
        return made.pk

    def post(self, *, lines: int) -> Any:
        """The answer to an order over as many products."""
        items = [{"product_id": product, "quantity": 1} for product in self.products[:lines]]
        return self.api.post("orders", {"items": items, "shipping_address_id": self.address.pk})

    def place(self, *, lines: int) -> int:
        """The id of a new order."""
        return int(self.post(lines=lines).json()["order"]["id"])


def measure(name: str, budget: int | None, call: Callable[[], Any]) -> None:
    """Print queries (without the one of authentication, and transaction marks) and milliseconds."""
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    if answer.status_code not in (200, 201):
        raise SystemExit(f"{name}: {answer.status_code} {answer.content.decode()}")
    queries = sum(not query["sql"].startswith(MARKS) for query in captured.captured_queries) - AUTHENTICATION
    times = sorted(timed(call) for _ in range(ROUNDS))
    limit = f"of {budget}" if budget else ""
    print(f"  {name:28} {queries:3} queries {limit:6} {median(times):7.1f} ms  (p95 {times[-2]:.1f})")


def timed(call: Callable[[], Any]) -> float:
    """How long one call takes, in milliseconds."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000
