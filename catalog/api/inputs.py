"""What the catalogue reads: bodies and queries."""

from decimal import Decimal
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.importing.specifications import checked_specifications, parse_specifications
from catalog.importing.values import BadValue
from catalog.models import Condition, Product
from catalog.names import slug_of
from catalog.search.filters import SORTS, Filters
from core.api.fields import BooleanField, IdField, IntegerField, MoneyField, TextField
from core.api.inputs import Input, QueryInput
from core.money import ZERO

MAX_CHOICES = 50
MAX_SEARCH = 200
MAX_STOCK = 1_000_000_000
SKU_VALIDATORS = [v for v in Product._meta.get_field("sku").validators if isinstance(v, RegexValidator)]
is_picture = RegexValidator(
    r"\A(/(?![/\\])|https?://)[^\s\"'<>\\]+\Z", "A picture is a path of this site or an http(s) address."
)


@extend_schema_field({"oneOf": [{"type": "object", "additionalProperties": True}, {"type": "string"}]})
class SpecificationsField(serializers.Field):
    """A JSON object, given as one or as the string that the contract shows."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        try:
            return parse_specifications(data) if isinstance(data, str) else checked_specifications(data)
        except BadValue as error:
            raise serializers.ValidationError(f"This value {error}.") from error

    def to_representation(self, value: Any) -> Any:
        return value


class ProductInput(Input):
    """What staff write. A category or brand that is new is made."""

    example = {
        "name": "Refurbished Laptop XPS 13",
        "sku": "XPS13-R-2025",
        "price": 599.99,
        "rental_price": 49.99,
        "category": "Laptops",
        "brand": "Dell",
        "condition": "excellent",
        "inventory_count": 5,
        "is_rentable": True,
    }

    # A client that sends back the object which it read names the product twice.
    id = IdField(required=False, help_text="Nothing, or the id in the path.")
    name = TextField(max_length=200, help_text="What it is called.")
    sku = TextField(max_length=64, validators=SKU_VALIDATORS, help_text="The stock keeping unit, which no other has.")
    description = TextField(
        max_length=10_000, required=False, allow_blank=True, default="", help_text="What shoppers read about it."
    )
    price = MoneyField(min_value=ZERO, help_text="Of one piece.")
    rental_price = MoneyField(
        min_value=ZERO, required=False, allow_null=True, default=None, help_text="A month's rate; null: not for rent."
    )
    category = TextField(max_length=100, help_text="Its name or slug; one that is new is made.")
    brand = TextField(
        max_length=100,
        required=False,
        allow_null=True,
        allow_blank=True,
        default=None,
        help_text="Its name or slug; one that is new is made.",
    )
    condition = serializers.ChoiceField(
        Condition.choices, required=False, default=Condition.GOOD, help_text="How worn it is."
    )
    specifications = SpecificationsField(required=False, default=dict, help_text="A JSON object, or one as a string.")
    inventory_count = IntegerField(
        min_value=0, max_value=MAX_STOCK, required=False, help_text="How many pieces were counted."
    )
    # No default: a client that does not know of serial numbers must not end the tracking.
    is_serialized = BooleanField(required=False, help_text="Whether each piece has a serial number.")
    is_rentable = BooleanField(required=False, default=False, help_text="Whether it can be rented.")
    is_featured = BooleanField(required=False, default=False, help_text="Whether the shop puts it first.")
    image_url = TextField(
        max_length=500,
        required=False,
        allow_blank=True,
        validators=[is_picture],
        help_text="Its picture; empty: a drawn one.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.pop("id", self.context.get("product_id")) != self.context.get("product_id"):
            raise serializers.ValidationError({"id": ["The id cannot be chosen or changed."]})
        return attrs


class WishlistInput(Input):
    """The product to remember."""

    example = {"product_id": 101}

    product_id = IdField(help_text="The product.")


@extend_schema_field({"type": "string", "pattern": r"^(\d{1,10}(\.\d{1,2})?)?$"})
class PriceParameter(serializers.DecimalField):
    """An amount with at most two decimals; an empty one is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, min_value=Decimal(0), **kwargs)


class FilterInput(QueryInput):
    """The filters as query parameters; `category`, `brand` and `condition` may be repeated or listed by commas."""

    category = serializers.ListField(
        child=serializers.CharField(), max_length=MAX_CHOICES, required=False, help_text="Slug or name."
    )
    brand = serializers.ListField(
        child=serializers.CharField(), max_length=MAX_CHOICES, required=False, help_text="Slug or name."
    )
    condition = serializers.ListField(
        child=serializers.ChoiceField(Condition.values),
        max_length=MAX_CHOICES,
        required=False,
        help_text="How worn it is.",
    )
    price_min = PriceParameter(required=False, help_text="The lowest price.")
    price_max = PriceParameter(required=False, help_text="The highest price.")
    rentable = serializers.BooleanField(required=False, help_text="Whether it can be rented.")
    in_stock = serializers.BooleanField(required=False, help_text="Whether a piece is there.")
    search = serializers.CharField(
        max_length=MAX_SEARCH, required=False, help_text="Words; each must begin a word of the product."
    )


class ProductListInput(FilterInput):
    """What the list takes beside the filters."""

    sort = serializers.ChoiceField(list(SORTS), default="featured", help_text="In which order.")
    facets = serializers.BooleanField(default=False, help_text="Answer the facets, too.")


def filters_of(values: dict[str, Any]) -> Filters:
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
