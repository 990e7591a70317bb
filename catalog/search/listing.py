"""The list of products: filtered, searched, sorted, in milliseconds on whichever database.

A page is found in two steps: the ids in the order of an index, without any join that could lead the database
away from it, then the rows of these ids.
"""

from typing import Any

from django.db.models import Q

from catalog.models import Brand, Category, Product
from catalog.models.querysets import ProductQuerySet
from catalog.rental_terms import with_terms
from catalog.search.filters import SORTS, Filters
from catalog.search.matching import MAX_COUNT, Words


class Listing:
    """What the shop shows under these filters, in this order; it counts and slices like a queryset."""

    def __init__(self, filters: Filters, *, sort: str) -> None:
        self.words = Words.of(filters.search)
        self.condition = filter_condition(filters)
        self.found = self.words.page(Product.objects.on_sale()).filter(self.condition)
        self.order = SORTS[sort]

    def count(self) -> int:
        """How many there are; of a search for common words MAX_COUNT at most."""
        if not self.words.are_common:
            return self.found.count()
        if not self.condition:
            return self.words.count()
        return self.found.order_by()[:MAX_COUNT].count()

    def is_capped(self, total: int) -> bool:
        """Whether there may be more than `total`, which `count` answered."""
        return self.words.are_common and total == MAX_COUNT

    def __getitem__(self, part: slice) -> list[Product]:
        """The products at these places, with category, brand and rental terms."""
        ids = list(self.found.order_by(*self.order).values_list("pk", flat=True)[part])
        rows = Product.objects.with_names().in_bulk(ids)
        return with_terms(rows[pk] for pk in ids if pk in rows)


def filter_condition(filters: Filters) -> Q:
    """The filters, without the search, as one condition on products alone."""
    conditions: dict[str, Any] = {
        "category__in": ids_of_slugs(Category, filters.category),
        "brand__in": ids_of_slugs(Brand, filters.brand),
        "condition__in": filters.condition or None,
        "price__gte": filters.price_min,
        "price__lte": filters.price_max,
        "is_rentable": filters.rentable,
        "inventory_count__gt": 0 if filters.in_stock is True else None,
        "inventory_count": 0 if filters.in_stock is False else None,
    }
    return Q(**{name: value for name, value in conditions.items() if value is not None})


def ids_of_slugs(model: type[Category] | type[Brand], slugs: frozenset[str]) -> list[int] | None:
    """The ids of categories or brands; None when none is asked for. A database sorts best without a join."""
    return list(model.objects.filter(slug__in=slugs).values_list("pk", flat=True)) if slugs else None


def matching_products(filters: Filters) -> ProductQuerySet:
    """What the search finds, whatever the other filters say."""
    return Words.of(filters.search).all(Product.objects.on_sale())
