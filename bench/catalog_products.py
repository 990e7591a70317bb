"""Refurbished products by the hundred thousand, alike on every machine."""

import random
from decimal import Decimal

from django.db import connection, transaction

from catalog import search
from catalog.models import Condition, Product, SearchTerm
from catalog.names import brand_named, category_named

SIZE = 100_000
CHUNK = 5_000
BRANDS = (
    *("Dell", "HP", "Lenovo", "Apple", "Asus", "Acer", "MSI", "Toshiba", "Samsung", "Razer", "Microsoft", "Fujitsu"),
    *("LG", "Huawei", "Google", "Sony", "Canon", "Epson", "Bose", "Garmin"),
)
CATEGORIES = {
    "laptop": 60,
    "desktop": 12,
    "phone": 10,
    "monitor": 6,
    "tablet": 6,
    "printer": 3,
    "console": 2,
    "camera": 1,
}
SERIES = (
    "Latitude",
    "EliteBook",
    "ThinkPad",
    "ZenBook",
    "Aspire",
    "Satellite",
    "Surface",
    "Galaxy",
    "Pixel",
    "Blade",
)
CPUS = ("Intel Core i5", "Intel Core i7", "Intel Core i3", "AMD Ryzen 5", "AMD Ryzen 7", "Apple M1", "Intel Xeon")
GPUS = ("Intel UHD Graphics 620", "Nvidia GeForce GTX 1050", "Nvidia GeForce RTX 3070", "AMD Radeon Pro 5500M")
SYSTEMS = ("Windows 11 Pro", "Windows 10 Home", "macOS", "Ubuntu Linux", "Chrome OS")


def fill() -> None:
    """Make the products, unless they are there."""
    if Product.objects.count() == SIZE and SearchTerm.objects.exists():
        return
    SearchTerm.objects.all().delete()
    Product.objects.all().delete()
    dice = random.Random(7)
    brands = [brand_named(name) for name in BRANDS]
    categories = [category_named(name) for name in CATEGORIES]
    for start in range(0, SIZE, CHUNK):
        with transaction.atomic():
            Product.objects.bulk_create(
                product(number, dice, brands, categories) for number in range(start, start + CHUNK)
            )
            last = Product.objects.order_by("-pk").with_names()[:CHUNK]
            search.index(list(last))
    analyze()


def product(number: int, dice: random.Random, brands: list, categories: list) -> Product:
    """One product; four in ten thousand are archived."""
    brand, series = dice.choice(brands), dice.choice(SERIES)
    category = dice.choices(categories, weights=CATEGORIES.values())[0]
    model = f"{dice.choice('ABEGTX')}{dice.randrange(100, 9999)}"
    rental = dice.random() < 0.7
    return Product(
        name=f"Refurbished {brand.name} {series} {model}",
        sku=f"{brand.slug[:3].upper()}-{number:06}-{dice.choice('NEGF')}",
        description=f"{brand.name} {series} {category.name}. Tested, cleaned and graded by our workshop. " * 3,
        price=Decimal(dice.randrange(3_000, 300_000)) / 100,
        rental_price=Decimal("49.99") if rental else None,
        category=category,
        brand=brand,
        condition=dice.choice(Condition.values),
        specifications=specifications(dice),
        inventory_count=dice.choice((0, 1, 2, 3, 5, 8)),
        is_rentable=rental,
        is_featured=dice.random() < 0.01,
        image_url=f"/images/products/{number}.svg",
    )


def specifications(dice: random.Random) -> dict[str, str]:
    """What stands on the label of a device."""
    return {
        "cpu": f"{dice.choice(CPUS)}-{dice.randrange(1000, 9999)}U",
        "ram": f"{dice.choice((4, 8, 16, 32, 64))}GB DDR4",
        "storage": f"{dice.choice((128, 256, 512, 1000))}GB SSD",
        "gpu": dice.choice(GPUS),
        "display": f"{dice.randrange(11, 17)}.{dice.randrange(10)}-inch IPS 1920x1080",
        "os": dice.choice(SYSTEMS),
        "weight": f"{dice.randrange(1, 4)}.{dice.randrange(100)}kg",
    }


def analyze() -> None:
    """Let the database count its rows, as it does by itself in time."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("ANALYZE")
            return
        cursor.execute("ANALYZE TABLE catalog_product, catalog_searchterm, catalog_category, catalog_brand")
        cursor.fetchall()
