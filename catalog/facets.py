"""How many products each value of each filter would show, under the other filters in force.

The database groups the found products once, by all filters together; every count is a sum over those groups.
"""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Count, Max, Min, Q, Value, When

from catalog.filters import Filters
from catalog.listing import searched
from catalog.models import Brand, Category, Condition, Product
from core.money import quantize

NAMES = ("category", "brand", "condition", "rentable", "in_stock")
YES_NO = {True: "Yes", False: "No"}


@dataclass(frozen=True)
class Group:
    """Products that are alike for every filter."""

    category: str
    brand: str | None
    condition: str
    rentable: bool
    in_stock: bool
    affordable: bool
    count: int
    price_min: Decimal
    price_max: Decimal


def facets(filters: Filters) -> dict[str, Any]:
    """The facets as the API answers them."""
    categories = {row.pk: row for row in Category.objects.all()}
    brands = {row.pk: row for row in Brand.objects.all()}
    groups = [
        Group(
            category=categories[row.pop("category_id")].slug,
            brand=brands[brand].slug if (brand := row.pop("brand_id")) else None,
            **row,
        )
        for row in grouped(filters)
    ]
    labels: dict[str, dict[Any, str]] = {
        "category": {row.slug: row.name for row in categories.values()},
        "brand": {row.slug: row.name for row in brands.values()},
        "condition": dict(Condition.choices),
        "rentable": YES_NO,
        "in_stock": YES_NO,
    }
    answer: dict[str, Any] = {name: values(name, groups, filters, labels[name]) for name in NAMES}
    return {**answer, "price": price_range(groups, filters)}


def grouped(filters: Filters) -> list[dict[str, Any]]:
    """The products that the search finds, grouped; one query."""
    affordable = Q(price__gte=filters.price_min or 0)
    if filters.price_max is not None:
        affordable &= Q(price__lte=filters.price_max)
    found = (
        searched(Product.objects.on_sale(), filters.search)
        .order_by()
        .values(
            "category_id",
            "brand_id",
            "condition",
            rentable=truth(Q(is_rentable=True)),
            in_stock=truth(Q(inventory_count__gt=0)),
            affordable=truth(affordable),
        )
        .annotate(count=Count("pk"), price_min=Min("price"), price_max=Max("price"))
    )
    return [dict(row) for row in found]


def truth(condition: Q) -> Case:
    """A condition as a column."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def values(name: str, groups: list[Group], filters: Filters, labels: dict[Any, str]) -> list[dict[str, Any]]:
    """The values of one filter, the most frequent first; a chosen value stays though nothing has it."""
    value_of = value_getter(name)
    counts: Counter[Hashable] = Counter(dict.fromkeys(chosen(name, filters) & labels.keys(), 0))
    for group in groups:
        if passes(group, filters, but=name):
            counts[value_of(group)] += group.count
    del counts[None]
    rows = [{"value": value, "label": labels[value], "count": count} for value, count in counts.items()]
    return sorted(rows, key=lambda row: (-row["count"], row["label"]))


def price_range(groups: list[Group], filters: Filters) -> dict[str, Decimal | None]:
    """The lowest and the highest price under the other filters; null when nothing is left."""
    left = [group for group in groups if passes(group, filters, but="affordable")]
    return {
        "min": quantize(min(group.price_min for group in left)) if left else None,
        "max": quantize(max(group.price_max for group in left)) if left else None,
    }


def passes(group: Group, filters: Filters, *, but: str) -> bool:
    """Whether the group passes every filter except the one named `but`."""
    if but != "affordable" and not group.affordable:
        return False
    return all(
        name == but or not (wanted := chosen(name, filters)) or value_getter(name)(group) in wanted for name in NAMES
    )


def chosen(name: str, filters: Filters) -> frozenset[Any]:
    """The values that a filter asks for; none: it is not in force."""
    value = getattr(filters, name)
    if value is None:
        return frozenset()
    return frozenset({value}) if isinstance(value, bool) else value


def value_getter(name: str) -> Callable[[Group], Any]:
    """How to read a filter's value from a group."""
    return lambda group: getattr(group, name)
