"""Loads the demo's people and products. Whatever is there already stays as it is."""

from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts import demo
from accounts.addresses import add_address
from accounts.models import User
from accounts.roles import Role
from catalog import importing, stock
from catalog.models import Product
from core.money import percent_of

PRODUCTS = Path(__file__).with_name("products.csv")

PEOPLE: dict[str, dict[str, Any]] = {
    demo.ADMIN: {"first_name": "Demo", "last_name": "Admin", "role": Role.ADMIN},
    demo.MANAGER: {"first_name": "Demo", "last_name": "Manager", "role": Role.MANAGER},
    demo.CUSTOMER: {"first_name": "Demo", "last_name": "Customer", "role": Role.CUSTOMER},
    demo.PARTNER: {"first_name": "Demo", "last_name": "Partner", "role": Role.CUSTOMER},
    demo.SCANNER: {"first_name": "Demo", "last_name": "Scanner", "role": Role.CUSTOMER},
}
ADDRESS: dict[str, Any] = {
    "first_name": "Demo",
    "last_name": "Customer",
    "street_address": "123 Main St",
    "city": "San Francisco",
    "state": "CA",
    "zip_code": "94107",
    "country": "US",
    "phone": "555-123-4567",
}
FEATURED = (
    "XPS13-R-2025",
    "GAM-PC-RTX3070-E",
    "APP-MBA-M1-256-E",
    "APP-IP13-128-E",
    "APP-IPADAIR5-64-E",
    "SON-PS5-825-E",
    "SON-A7M3-E",
    "SON-WH1000XM4-E",
)

# Each piece of these has a serial number.
TRACKED = ("APP-MBA-M1-256-E", "APP-IP13-128-E", "DEL-XPS13-9310-E", "SON-PS5-825-E", "SON-A7M3-E")
COST_PERCENT = Decimal(60)


def load_people() -> int:
    """Make the people who are missing; how many that were."""
    missing = sorted(demo.EMAILS - set(User.objects.filter(email__in=demo.EMAILS).values_list("email", flat=True)))
    for email in missing:
        load_person(email)
    return len(missing)


def load_person(email: str) -> None:
    """Make one; the customer gets an address to order to."""
    user = User.objects.create_user(email, demo.PASSWORD, email_verified_at=timezone.now(), **PEOPLE[email])
    if email == demo.CUSTOMER:
        add_address(user=user, **ADDRESS)


def load_products() -> int:
    """Make the products that are missing, some of them featured or with devices; how many that were."""
    there = set(Product.objects.filter(sku__in={*FEATURED, *TRACKED}).values_list("sku", flat=True))
    with PRODUCTS.open("rb") as file:
        report = importing.run(file, options=importing.Options(keep_existing=True))
    Product.objects.filter(sku__in=set(FEATURED) - there).update(is_featured=True)
    for product in Product.objects.filter(sku__in=set(TRACKED) - there).order_by("pk"):
        load_devices(product)
    return report.created


def load_devices(product: Product) -> None:
    """Give each piece on the shelf a serial number, drawn from the SKU so that every demo has the same."""
    serials = [demo_serial(product.sku, number) for number in range(product.inventory_count)]
    stock.track_by_serial(product=product, serials=serials, cost=percent_of(product.price, COST_PERCENT))


def demo_serial(sku: str, number: int) -> str:
    """Twelve letters and digits, as makers print them."""
    return sha256(f"{sku} {number}".encode()).hexdigest()[:12].upper()
