"""Which products a shopper wants to see: the query parameters of the list and of the facets."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Condition
from catalog.names import slug_of

MAX_CHOICES = 50
MAX_SEARCH = 200
SORTS = {
    "featured": ("-is_featured", "-id"),
    "newest": ("-id",),
    "price-low": ("price", "id"),
    "price-high": ("-price", "-id"),
    "name": ("name", "id"),
}
REPEATABLE = ("category", "brand", "condition")


@dataclass(frozen=True)
class Filters:
    """The filters in force. An empty set or None is a filter that is not."""

    category: frozenset[str] = frozenset()
    brand: frozenset[str] = frozenset()
    condition: frozenset[str] = frozenset()
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    rentable: bool | None = None
    in_stock: bool | None = None
    search: str = ""


@extend_schema_field({"type": "string", "pattern": r"^(\d{1,10}(\.\d{1,2})?)?$"})
class PriceParameter(serializers.DecimalField):
    """An amount with at most two decimals; an empty one is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, min_value=Decimal(0), **kwargs)


class FilterQuery(serializers.Serializer):
    """The filters as query parameters; `category`, `brand` and `condition` may be repeated or listed by commas."""

    category = serializers.ListField(
        child=serializers.CharField(), max_length=MAX_CHOICES, required=False, help_text="Slug or name."
    )
    brand = serializers.ListField(
        child=serializers.CharField(), max_length=MAX_CHOICES, required=False, help_text="Slug or name."
    )
    condition = serializers.ListField(
        child=serializers.ChoiceField(Condition.values), max_length=MAX_CHOICES, required=False
    )
    price_min = PriceParameter(required=False)
    price_max = PriceParameter(required=False)
    rentable = serializers.BooleanField(required=False)
    in_stock = serializers.BooleanField(required=False)
    search = serializers.CharField(
        max_length=MAX_SEARCH, required=False, help_text="Words; each must begin a word of the product."
    )


class ListQuery(FilterQuery):
    """What the list takes beside the filters."""

    sort = serializers.ChoiceField(list(SORTS), default="featured")
    facets = serializers.BooleanField(default=False, help_text="Answer the facets, too.")


def read(query: QueryDict, shape: type[FilterQuery]) -> dict[str, Any]:
    """The parameters that `shape` knows; a 400 names the one that makes no sense. Empty ones are not there."""
    shaped = shape(data={name: value for name in query if (value := given(query, name))})
    shaped.is_valid(raise_exception=True)
    return shaped.validated_data


def given(query: QueryDict, name: str) -> str | list[str]:
    """A parameter's last value, or all of them when it is repeatable."""
    if name not in REPEATABLE:
        return str(query[name]).strip()
    return [part.strip() for value in query.getlist(name) for part in str(value).split(",") if part.strip()]


def filters_of(values: dict[str, Any]) -> Filters:
    """The validated parameters as filters."""
    return Filters(
        category=frozenset(map(slug_of, values.get("category", ()))),
        brand=frozenset(map(slug_of, values.get("brand", ()))),
        condition=frozenset(values.get("condition", ())),
        **{
            name: values[name]
            for name in ("price_min", "price_max", "rentable", "in_stock", "search")
            if name in values
        },
    )
