"""What the catalogue answers."""

from typing import Any

from rest_framework import serializers

from catalog.models import Condition
from core.api.fields import MoneyField, UtcDateTimeField
from core.api.pagination import PageShape
from core.api.shapes import MessageShape, Shape


class RentalTermShape(Shape):
    """A term for which a product can be rented."""

    months = serializers.IntegerField(help_text="How long, and how many payments.")
    monthly_rate = MoneyField(help_text="Of each payment.")
    total = MoneyField(help_text="What all of them come to.")


class ProductShape(Shape):
    """A product, also under the names that the first clients read."""

    id = serializers.IntegerField()
    product_id = serializers.IntegerField(source="id", help_text="The same as `id`.")
    name = serializers.CharField(help_text="What it is called.")
    sku = serializers.CharField(help_text="The stock keeping unit.")
    description = serializers.CharField(help_text="What shoppers read about it.")
    price = MoneyField(help_text="Of one piece.")
    purchase_price = MoneyField(source="price", help_text="The same as `price`.")
    rental_price = MoneyField(allow_null=True, help_text="A month's rate in the base term; null: not for rent.")
    rental_terms = RentalTermShape(
        many=True, help_text="The terms on offer, the shortest first; a place may have fewer."
    )
    currency = serializers.CharField()
    category = serializers.CharField(source="category.slug", help_text="The category, as the filter takes it.")
    category_name = serializers.CharField(source="category.name", help_text="The category for people.")
    brand = serializers.CharField(source="brand.name", allow_null=True, help_text="Who made it.")
    condition = serializers.ChoiceField(choices=Condition.choices, help_text="How worn it is.")
    specifications = serializers.CharField(source="specifications_text", help_text="A JSON object as a string.")
    inventory_count = serializers.IntegerField(help_text="How many pieces are in stock.")
    stock = serializers.IntegerField(source="inventory_count", help_text="The same as `inventory_count`.")
    is_rentable = serializers.BooleanField(help_text="Whether it can be rented.")
    rental_eligible = serializers.BooleanField(source="is_rentable", help_text="The same as `is_rentable`.")
    is_featured = serializers.BooleanField(help_text="Whether the shop puts it first.")
    is_serialized = serializers.BooleanField(help_text="Whether each piece has a serial number.")
    variant_of = serializers.IntegerField(
        source="variant_of_id", allow_null=True, help_text="The product of which this is another grade."
    )
    image_url = serializers.CharField(source="picture_url", help_text="Its picture.")
    primary_image = serializers.CharField(source="picture_url", help_text="The same as `image_url`.")
    images = serializers.ListField(
        source="picture_urls", child=serializers.CharField(), help_text="Every picture; today one."
    )
    created_at = UtcDateTimeField()
    updated_at = UtcDateTimeField()


class ChangedProductShape(MessageShape):
    """A product and what happened to it."""

    product = ProductShape(help_text="The product, as it is now.")


class TextFacetShape(Shape):
    """A value of a filter and how many products it would show."""

    value = serializers.CharField(help_text="As the filter takes it.")
    label = serializers.CharField(help_text="For people.")  # type: ignore[assignment]  # the key's name
    count = serializers.IntegerField(help_text="How many products it would show.")


class YesNoFacetShape(TextFacetShape):
    """The same for a filter that is true or false."""

    value = serializers.BooleanField(help_text="As the filter takes it.")  # type: ignore[assignment]


class PriceFacetShape(Shape):
    """The ends of the prices; null when nothing is left."""

    min = MoneyField(allow_null=True, min_value=0, help_text="The lowest price.")
    max = MoneyField(allow_null=True, min_value=0, help_text="The highest price.")


class FacetsShape(Shape):
    """The values of every filter, counted under the other filters in force."""

    category = TextFacetShape(many=True, help_text="By category.")
    brand = TextFacetShape(many=True, help_text="By brand.")
    condition = TextFacetShape(many=True, help_text="By condition.")
    rentable = YesNoFacetShape(many=True, help_text="By whether it can be rented.")
    in_stock = YesNoFacetShape(many=True, help_text="By whether a piece is there.")
    price = PriceFacetShape(help_text="The range of prices.")


class AllFacetsShape(Shape):
    """The facets alone."""

    facets = FacetsShape(help_text="The values of every filter.")


class ProductPageShape(PageShape):
    """A page of products."""

    products = ProductShape(many=True, help_text="The products of this page.")
    facets = FacetsShape(required=False, help_text="The values of every filter, when `facets` asks for them.")

    def get_fields(self) -> dict[str, Any]:
        """The facets come last."""
        fields = super().get_fields()
        fields["facets"] = fields.pop("facets")
        return fields


class WishlistItemShape(Shape):
    """A product that the user remembers."""

    id = serializers.IntegerField()
    product_id = serializers.IntegerField(help_text="The product.")
    created_at = UtcDateTimeField()
    product = ProductShape(help_text="The product, as it is now.")


class WishlistShape(PageShape):
    """A page of the wishlist, newest first."""

    items = WishlistItemShape(many=True, help_text="What the user remembers.")


class RememberedShape(MessageShape):
    """What happened to the wishlist."""

    item = WishlistItemShape(required=False, help_text="What was just put on it.")


class ChangedWishlistShape(RememberedShape, WishlistShape):
    """What happened to the wishlist, and how it is now."""
