"""What the catalogue answers."""

from decimal import Decimal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Product, WishlistItem
from core.api.fields import MoneyField, UtcDateTimeField
from core.api.schema import MessageBody


class ProductBody(serializers.ModelSerializer):
    """A product as the contract shows it, with the names that the first clients read."""

    product_id = serializers.IntegerField(source="pk", read_only=True)
    price = MoneyField(read_only=True)
    purchase_price = MoneyField(source="price", read_only=True)
    rental_price = MoneyField(read_only=True, allow_null=True)
    category = serializers.CharField(source="category.slug", read_only=True)
    category_name = serializers.CharField(source="category.name", read_only=True)
    brand = serializers.SerializerMethodField()
    specifications = serializers.CharField(source="specifications_text", read_only=True)
    stock = serializers.IntegerField(source="inventory_count", read_only=True)
    rental_eligible = serializers.BooleanField(source="is_rentable", read_only=True)
    image_url = serializers.CharField(source="picture_url", read_only=True)
    primary_image = serializers.CharField(source="picture_url", read_only=True)
    images = serializers.SerializerMethodField()
    created_at = UtcDateTimeField()
    updated_at = UtcDateTimeField()

    class Meta:
        model = Product
        fields = [
            *("id", "product_id", "name", "sku", "description", "price", "purchase_price", "rental_price"),
            *("currency", "category", "category_name", "brand", "condition", "specifications"),
            *("inventory_count", "stock", "is_rentable", "rental_eligible", "is_featured"),
            *("is_serialized", "variant_of"),
            *("image_url", "primary_image", "images", "created_at", "updated_at"),
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_brand(self, product: Product) -> str | None:
        """The brand's name."""
        return product.brand.name if product.brand else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_images(self, product: Product) -> list[str]:
        """Every picture; today one."""
        return [url] if (url := product.picture_url) else []


class PaginationBody(serializers.Serializer):
    """Where in a list an answer stands."""

    total = serializers.IntegerField()
    page = serializers.IntegerField()
    per_page = serializers.IntegerField()
    total_pages = serializers.IntegerField()
    capped = serializers.BooleanField(
        required=False,
        help_text="true: the search has common words and finds more than `total`, but counts no further.",
    )


class TextFacet(serializers.Serializer):
    """A value of a filter and how many products it would show."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the key's name; DRF keeps fields elsewhere
    count = serializers.IntegerField()


class YesNoFacet(TextFacet):
    """The same for a filter that is true or false."""

    value = serializers.BooleanField()  # type: ignore[assignment]  # it has the filter's own type


class PriceFacet(serializers.Serializer):
    """The lowest and the highest price; null when nothing is left."""

    min = serializers.DecimalField(12, 2, coerce_to_string=False, allow_null=True, min_value=Decimal(0))
    max = serializers.DecimalField(12, 2, coerce_to_string=False, allow_null=True, min_value=Decimal(0))


class Facets(serializers.Serializer):
    """The values of every filter, counted under the other filters in force."""

    category = TextFacet(many=True)
    brand = TextFacet(many=True)
    condition = TextFacet(many=True)
    price = PriceFacet()
    rentable = YesNoFacet(many=True)
    in_stock = YesNoFacet(many=True)


class FacetsBody(serializers.Serializer):
    """The facets alone."""

    facets = Facets()


class ProductListBody(serializers.Serializer):
    """A page of products."""

    products = ProductBody(many=True)
    pagination = PaginationBody()
    facets = Facets(required=False)


class ChangedProductBody(MessageBody):
    """A product and what happened to it."""

    product = ProductBody()


class WishlistItemBody(serializers.ModelSerializer):
    """A product that the user remembers."""

    product = ProductBody(read_only=True)
    created_at = UtcDateTimeField()

    class Meta:
        model = WishlistItem
        fields = ["id", "product_id", "created_at", "product"]
        read_only_fields = fields


class WishlistBody(serializers.Serializer):
    """A page of the wishlist."""

    items = WishlistItemBody(many=True)
    pagination = PaginationBody()


class ChangedWishlistBody(WishlistBody, MessageBody):
    """What happened to the wishlist, and how it is now."""

    item = WishlistItemBody(required=False)
