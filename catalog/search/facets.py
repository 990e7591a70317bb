"""How many products each value of each filter would show, under the other filters in force.

The database groups the found products once, by all filters together; every count is a sum over those groups.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q

from catalog.models import Brand, Category, Condition
from catalog.models.querysets import ProductQuerySet
from catalog.search.filters import Filters
from catalog.search.listing import filter_condition, matching_products
from core.money import quantize

NAMES = ("category", "brand", "condition", "rentable", "in_stock")
YES_NO = {True: "Yes", False: "No"}


@dataclass(frozen=True)
class Group:
    """Products that are alike for every filter but the price, which `count` of them pass."""

    category: str
    brand: str | None
    condition: str
    rentable: bool
    in_stock: bool
    count: int


def facets(filters: Filters) -> dict[str, Any]:
    categories = {row.pk: row for row in Category.objects.all()}
    brands = {row.pk: row for row in Brand.objects.all()}
    found = matching_products(filters)
    groups = list(groups_of(found, filters, categories, brands))
    labels: dict[str, dict[Any, str]] = {
        "category": {row.slug: row.name for row in categories.values()},
        "brand": {row.slug: row.name for row in brands.values()},
        "condition": dict(Condition.choices),
        "rentable": YES_NO,
        "in_stock": YES_NO,
    }
    answer: dict[str, Any] = {name: facet_values(name, groups, filters, labels[name]) for name in NAMES}
    return {**answer, "price": price_range(found, filters)}


def groups_of(
    found: ProductQuerySet, filters: Filters, categories: dict[int, Category], brands: dict[int, Brand]
) -> Iterator[Group]:
    """The found products, grouped in the order of an index; one query."""
    affordable = filter_condition(Filters(price_min=filters.price_min, price_max=filters.price_max))
    rows = (
        found.order_by()
        .values_list("category_id", "brand_id", "condition", "is_rentable")
        .annotate(
            there=Count("pk", filter=affordable & Q(inventory_count__gt=0)),
            sold_out=Count("pk", filter=affordable & Q(inventory_count=0)),
        )
    )
    for category, brand, condition, rentable, there, sold_out in rows:
        slugs = categories[category].slug, brands[brand].slug if brand else None
        for in_stock, count in ((True, there), (False, sold_out)):
            if count:
                yield Group(*slugs, condition, rentable, in_stock, count)


def price_range(found: ProductQuerySet, filters: Filters) -> dict[str, Decimal | None]:
    """The lowest and the highest price under the other filters; null when nothing is left."""
    others = filter_condition(replace(filters, price_min=None, price_max=None))
    ends = found.filter(others).order_by().aggregate(min=Min("price"), max=Max("price"))
    return {name: None if price is None else quantize(price) for name, price in ends.items()}


def facet_values(name: str, groups: list[Group], filters: Filters, labels: dict[Any, str]) -> list[dict[str, Any]]:
    """The values of one filter, the most frequent first; a chosen value stays though nothing has it."""
    counts: Counter[Hashable] = Counter(dict.fromkeys(chosen_values(name, filters) & labels.keys(), 0))
    for group in groups:
        if passes_others(group, filters, but=name):
            counts[getattr(group, name)] += group.count
    del counts[None]
    rows = [{"value": value, "label": labels[value], "count": count} for value, count in counts.items()]
    return sorted(rows, key=lambda row: (-row["count"], row["label"]))


def passes_others(group: Group, filters: Filters, *, but: str) -> bool:
    """Whether the group passes every filter except the one named `but`."""
    return all(
        name == but or not (wanted := chosen_values(name, filters)) or getattr(group, name) in wanted
        for name in NAMES
    )


def chosen_values(name: str, filters: Filters) -> frozenset[Any]:
    """The values that a filter asks for; none: it is not in force."""
    value = getattr(filters, name)
    if value is None:
        return frozenset()
    return frozenset({value}) if isinstance(value, bool) else value
