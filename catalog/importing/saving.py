"""A batch of good rows against the catalogue: what is new, what differs, and how it is written."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from catalog import search, stock
from catalog.importing.columns import Row
from catalog.importing.report import BadRow, Options, Report
from catalog.models import Brand, Category, Product, StockMovement
from catalog.names import brand_named, category_named, slug_of
from catalog.services import drawn_picture_path
from core.db import transactional

Refuse = Callable[[BadRow], None]
COUNTS_DEVICES = "inventory_count: is another than its devices in stock, and is not typed for this product"
COMPARED = ("name", "description", "condition", "price", "rental_price", "is_rentable")
WRITTEN = (*COMPARED, "category", "brand", "image_url", "specifications", "updated_at")


@dataclass(slots=True)
class Plan:
    """Rows to write, each with the SKU and the picture that its product is to have; which of the SKUs are new."""

    rows: list[Row] = field(default_factory=list)
    new: set[str] = field(default_factory=set)
    skus: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)

    def add(self, row: Row, product: Product | None) -> None:
        """Plan to make the row's product, or to bring `product` up to date."""
        self.rows.append(row)
        if product is None:
            self.new.add(row.sku)
        self.skus.append(product.sku if product else row.sku)
        kept = product.image_url if product else drawn_picture_path(row.sku)
        self.pictures.append(row.image_url or kept)


def plan_rows(rows: Sequence[Row], *, options: Options, report: Report, refuse: Refuse) -> Plan:
    """What is to be written of `rows`; the report counts each, and `refuse` gets the bad ones."""
    there = products_of(rows)
    planned = Plan()
    for row in rows:
        product = there.get(row.sku.upper())
        if product is None:
            report.created += 1
            planned.add(row, None)
            continue
        if options.set_stock and counts_devices(row, product):
            refuse(BadRow(row.line, COUNTS_DEVICES))
            continue
        report.archived += product.archived_at is not None
        report.stock_kept += not options.set_stock and row.inventory_count != product.inventory_count
        if not options.keep_existing and differs(row, product, set_stock=options.set_stock):
            report.updated += 1
            planned.add(row, product)
        else:
            report.unchanged += 1
    return planned


def counts_devices(row: Row, product: Product) -> bool:
    """Whether the row has another count for a product whose count is the number of its devices in stock."""
    return product.is_serialized and row.inventory_count != product.inventory_count


def products_of(rows: Iterable[Row]) -> dict[str, Product]:
    """The products that are there, by SKU in capitals.

    MySQL finds a SKU in any case. SQLite, whose index knows cases, is asked for the usual ones.
    """
    spellings = {row.sku for row in rows}
    if connection.vendor == "sqlite":
        spellings |= {spelling for row in rows for spelling in (row.sku.upper(), row.sku.lower())}
    found = Product.objects.filter(sku__in=spellings).with_names()
    return {product.sku.upper(): product for product in found}


def differs(row: Row, product: Product, *, set_stock: bool) -> bool:
    return (
        any(getattr(row, name) != getattr(product, name) for name in COMPARED)
        or slug_of(row.category) != product.category.slug
        or (slug_of(row.brand) if row.brand else None) != (product.brand.slug if product.brand else None)
        or row.image_url not in ("", product.image_url)
        or comparable_json(row.specifications) != comparable_json(product.specifications)
        or (set_stock and row.inventory_count != product.inventory_count)
    )


def comparable_json(specifications: Any) -> str:
    """A text that is equal for equal JSON: MySQL reorders keys, and to Python 1 equals true."""
    return json.dumps(specifications, sort_keys=True)


@transactional
def write_plan(planned: Plan, *, set_stock: bool) -> None:
    """Write the rows, their stock and their search terms, all in one transaction.

    An upsert by SKU: another import may have made the same product a moment ago. Stock that is there is written
    only with `set_stock`.
    """
    if not planned.rows:
        return
    categories = ids_by_name(Category, {row.category for row in planned.rows}, make=category_named)
    brands = ids_by_name(Brand, {row.brand for row in planned.rows if row.brand}, make=brand_named)
    Product.objects.bulk_create(
        [
            unsaved_product(row, sku, picture, category_id=categories[row.category], brand_id=brands.get(row.brand))
            for row, sku, picture in zip(planned.rows, planned.skus, planned.pictures, strict=True)
        ],
        update_conflicts=True,
        update_fields=WRITTEN,
        unique_fields=["sku"] if connection.features.supports_update_conflicts_with_target else None,
    )
    # MySQL does not tell the ids of an upsert.
    products = list(Product.objects.filter(sku__in=planned.skus).with_names())
    write_stock(planned, products, set_stock=set_stock)
    search.index(products)


def write_stock(planned: Plan, products: Sequence[Product], *, set_stock: bool) -> None:
    """Give new products their first count and, with `set_stock`, the others the file's.

    A product that was to be new and has moved before is another import's, and its count is kept as any other.
    """
    counts = {sku.upper(): row.inventory_count for sku, row in zip(planned.skus, planned.rows, strict=True)}
    new = {product.pk for product in products if product.sku in planned.new}
    new -= set(StockMovement.objects.filter(product__in=new).values_list("product", flat=True))
    openings = {product.pk: counts[product.sku.upper()] for product in products if product.pk in new}
    stock.set_counts(openings, kind=StockMovement.Kind.OPENING, reason="New in a file")
    if set_stock:
        others = {product.pk: counts[product.sku.upper()] for product in products if product.pk not in new}
        stock.set_counts(others, kind=StockMovement.Kind.IMPORTED, reason="Count of a file")


def unsaved_product(row: Row, sku: str, picture: str, *, category_id: int, brand_id: int | None) -> Product:
    return Product(
        **{name: getattr(row, name) for name in COMPARED},
        sku=sku,
        image_url=picture,
        specifications=row.specifications,
        category_id=category_id,
        brand_id=brand_id,
    )


def ids_by_name(model: Any, names: Iterable[str], *, make: Callable[[str], Any]) -> dict[str, int]:
    """The ids of categories or brands by name; new ones are made, in one order, so that imports do not deadlock."""
    slugs = {name: slug_of(name) for name in sorted(names)}
    ids = dict(model.objects.filter(slug__in=slugs.values()).values_list("slug", "pk"))
    for name, slug in slugs.items():
        if slug not in ids:
            ids[slug] = make(name).pk
    return {name: ids[slug] for name, slug in slugs.items()}
