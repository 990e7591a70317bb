"""The list of products: filtered, searched, sorted, on whichever database."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from catalog.filters import SORTS, Filters
from catalog.managers import ProductQuerySet
from catalog.models import Product, SearchTerm
from catalog.search import normalize

LAST_CHARACTER = "\U0010ffff"


def matching(products: ProductQuerySet, filters: Filters) -> ProductQuerySet:
    """Those of `products` that pass every filter."""
    return searched(products, filters.search).filter(passes(filters))


def passes(filters: Filters) -> Q:
    """The filters, without the search, as one condition."""
    conditions: dict[str, Any] = {
        "category__slug__in": filters.category or None,
        "brand__slug__in": filters.brand or None,
        "condition__in": filters.condition or None,
        "price__gte": filters.price_min,
        "price__lte": filters.price_max,
        "is_rentable": filters.rentable,
        "inventory_count__gt": 0 if filters.in_stock is True else None,
        "inventory_count": 0 if filters.in_stock is False else None,
    }
    return Q(**{name: value for name, value in conditions.items() if value is not None})


def searched(products: ProductQuerySet, text: str) -> ProductQuerySet:
    """Products with every word of `text`; a text without any word finds nothing."""
    words = normalize(text)
    if text and not words:
        return products.none()
    for word in words:
        terms = SearchTerm.objects.filter(product=OuterRef("pk"), term__gte=word, term__lt=word + LAST_CHARACTER)
        products = products.filter(Exists(terms))
    return products


def products(filters: Filters, *, sort: str) -> ProductQuerySet:
    """What the shop shows under these filters, in this order, with category and brand."""
    return matching(Product.objects.on_sale(), filters).with_names().order_by(*SORTS[sort])
