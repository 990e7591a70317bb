"""Products as the CSV file that an import reads."""

import csv
import json
from collections.abc import Iterator
from typing import Protocol

from catalog.importing.columns import COLUMNS
from catalog.models import Brand, Product
from catalog.models.querysets import ProductQuerySet
from catalog.names import slug_of

PAGE = 1000


class Writable(Protocol):
    """Takes text: a file, a command's `self.stdout`."""

    def write(self, text: str, /) -> object: ...


def write_products(products: ProductQuerySet, file: Writable) -> int:
    """Write `products` in the order of their ids, in constant memory; how many there were.

    Importing the file into the same catalogue changes nothing.
    """
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    number = 0
    for product in in_pages(products):
        writer.writerow(cells_of(product))
        number += 1
    return number


def in_pages(products: ProductQuerySet) -> Iterator[Product]:
    """Each of them; page by page, because MySQL's driver fetches whole results, however they are iterated."""
    last = 0
    while page := list(products.filter(pk__gt=last).with_names().order_by("pk")[:PAGE]):
        yield from page
        last = page[-1].pk


def cells_of(product: Product) -> list[str]:
    """The product's cells, in the order of COLUMNS."""
    rate = product.rental_price
    return [
        product.sku,
        product.name,
        product.description,
        product.category.slug,
        brand_text(product.brand) if product.brand else "",
        product.condition,
        f"{product.price:f}",
        "" if rate is None else f"{rate:f}",
        str(product.inventory_count),
        "true" if product.is_rentable else "false",
        product.image_url,
        json.dumps(product.specifications, ensure_ascii=False),
    ]


def brand_text(brand: Brand) -> str:
    """A text that finds this very brand again: its name, or the slug where staff chose one of their own."""
    return brand.name if slug_of(brand.name) == brand.slug else brand.slug
