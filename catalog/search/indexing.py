"""The words under which products are found: one table of terms, the same on every database.

Each word of a query must begin a term of the product. `index` is called by whoever writes products, in the
same transaction, so that a product is found as soon as it is there.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from catalog.models import Product, SearchTerm

MAX_TERM = 40
MAX_TERMS = 60
BATCH = 500

WORD = re.compile(r"[^\W_]+")


def words_of(query: str) -> list[str]:
    """The distinct words of a text in their order: lower case, without accents, letters and digits only."""
    decomposed = unicodedata.normalize("NFKD", query.casefold())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return list(dict.fromkeys(word[:MAX_TERM] for word in WORD.findall(plain)))


def terms_of(product: Product) -> set[str]:
    """What finds this product: its name, SKU (whole and in parts), brand, category, specifications.

    At most MAX_TERMS words; when there are more, the last specifications go without.
    """
    terms: dict[str, None] = {}
    for text in texts_of(product):
        terms.update(dict.fromkeys(words_of(text)))
    return set(list(terms)[:MAX_TERMS])


def texts_of(product: Product) -> Iterator[str]:
    """The texts that describe the product, the weightiest first."""
    yield product.name
    yield product.sku
    yield "".join(words_of(product.sku))
    yield product.brand.name if product.brand else ""
    yield product.category.name
    yield product.category.slug
    yield from leaf_texts(product.specifications)


def leaf_texts(value: Any) -> Iterator[str]:
    """The texts and numbers inside a JSON value, in their order."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict | list):
            children: Iterable[Any] = value.values() if isinstance(value, dict) else value
            waiting.extend(reversed(list(children)))
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            yield str(value)


def index(products: Sequence[Product]) -> None:
    """Replace the terms of these saved products, whose category and brand are loaded, in a few queries.

    An archived product is not found, so it keeps no terms.
    """
    for start in range(0, len(products), BATCH):
        batch = products[start : start + BATCH]
        SearchTerm.objects.filter(product__in=[product.pk for product in batch]).delete()
        rows = sorted(
            (term, product.pk) for product in batch if not product.archived_at for term in terms_of(product)
        )
        insert_terms(rows)


def insert_terms(rows: Sequence[tuple[str, int]]) -> None:
    """Write (term, product id) pairs. Plain SQL: a model object for each of a product's thirty words would take
    two thirds of the time of an import.
    """
    table = connection.ops.quote_name(SearchTerm._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} (term, product_id) VALUES (%s, %s)", rows)
