"""Mails to those who work here about stock and the orders of the day."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypedDict

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from accounts.roles import STAFF_ROLES
from catalog.models import Product
from catalog.signals import stock_low
from notifications.mails.base import Values
from notifications.mails.order_parts import status_label
from notifications.mails.parts import PRODUCT, page, usd
from notifications.mails.staff import StaffMail, admin_page
from notifications.mails.wording import day, localized_money
from orders.models import Order

# How many orders stand in the digest; the others are a number and a link.
LISTED = 20


class OrderLine(TypedDict):
    """An order on one line of the digest."""

    number: int
    customer: str
    total: str
    status: str


class LowStock(StaffMail):
    """Little is left of a product; once for each time that its count sinks to the level."""

    kind = "staff_low_stock"
    required = False
    signal, sender = stock_low, Product
    roles = STAFF_ROLES

    class Context(TypedDict):
        product: str
        sku: str
        left: int
        admin_url: str

    def __init__(self, *, product: Product, **_: Any) -> None:
        super().__init__(product, event=f"low-stock:{product.pk}:{timezone.now().isoformat()}")
        self.product = product

    def context(self) -> Context:
        product, left = self.product, self.product.inventory_count
        return {"product": product.name, "sku": product.sku, "left": left, "admin_url": self.admin_url}

    @classmethod
    def example(cls) -> Context:
        admin_url = admin_page("catalog_product", 9)
        return {"product": PRODUCT, "sku": "TP-X1C9-32-1T-FR", "left": 2, "admin_url": admin_url}

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"low_stock_last": {"left": 1}}


class Digest(StaffMail):
    """The orders of the day before (UTC), and what they come to; queued by `send_digest`."""

    kind = "staff_digest"
    required = False
    in_app = False
    roles = STAFF_ROLES

    class Context(TypedDict):
        day: str
        count: int
        orders: list[OrderLine]
        more: int
        totals: list[str]
        admin_url: str

    def __init__(self, placed_on: date) -> None:
        self.event, self.day = f"digest:{placed_on.isoformat()}", placed_on

    @property
    def orders(self) -> QuerySet[Order]:
        """The orders of the day."""
        start = datetime.combine(self.day, time.min, tzinfo=UTC)
        return Order.objects.filter(order_date__gte=start, order_date__lt=start + timedelta(days=1))

    def context(self) -> Context:
        count = self.orders.count()
        listed = self.orders.select_related("user").order_by("pk")[:LISTED]
        sums = self.orders.order_by("currency").values_list("currency").annotate(sum=Sum("total"))
        return {
            "day": day(self.day),
            "count": count,
            "orders": [
                {
                    "number": order.pk,
                    "customer": str(order.user),
                    "total": localized_money(order.total, order.currency),
                    "status": status_label(order.status),
                }
                for order in listed
            ],
            "more": max(count - LISTED, 0),
            "totals": [localized_money(total, currency) for currency, total in sums],
            "admin_url": page(reverse("admin:orders_order_changelist").lstrip("/")),
        }

    @classmethod
    def example(cls) -> Context:
        ada: OrderLine = {
            "number": 12,
            "customer": "Ada Lovelace",
            "total": usd("2920.57"),
            "status": status_label("processing"),
        }
        grace: OrderLine = {
            "number": 13,
            "customer": "Grace Hopper",
            "total": usd("599.99"),
            "status": status_label("pending"),
        }
        return {
            "day": day(date(2026, 11, 20)),
            "count": 22,
            "orders": [ada, grace],
            "more": 20,
            "totals": [usd("48211.60")],
            "admin_url": page("admin/orders/order/"),
        }

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"digest_of_one": {"count": 1, "more": 0, "orders": cls.example()["orders"][:1]}}
