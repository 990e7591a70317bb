"""What set-up answers."""

from typing import Any

from rest_framework import serializers

from core.api.fields import MoneyField
from core.api.shapes import Shape
from storesync.api.shapes import SaidShape

NAME, SKU = "What it is called.", "As this side calls it."


class SoldShape(Shape):
    """What is sold somewhere."""

    name = serializers.CharField(help_text=NAME)
    sku = serializers.CharField(help_text=SKU)
    price = MoneyField(allow_null=True, help_text="With its tax; null: none is known.")


class ErpProductShape(SoldShape):
    """A product of the ERP."""

    source = serializers.SerializerMethodField(help_text="`prokip`.")  # type: ignore[assignment]  # the contract's key

    def get_source(self, row: Any) -> str:
        return "prokip"


class StoreProductShape(SoldShape):
    """An item of a shop."""

    source = serializers.SerializerMethodField(help_text="`store`.")  # type: ignore[assignment]  # the contract's key
    connectionId = serializers.IntegerField(source="connection_id", help_text="The shop.")

    def get_source(self, row: Any) -> str:
        return "store"


class UnavailableShape(Shape):
    """A shop that could not be read now; what was known of it is shown all the same."""

    connectionId = serializers.IntegerField(help_text="The shop.")
    store = serializers.CharField(help_text="Where it is.")
    error = serializers.CharField(help_text="Why, in a sentence for people.")


class EverythingShape(Shape):
    """What the ERP and the shops sell."""

    prokipProducts = ErpProductShape(many=True, help_text="All of the ERP.")
    storeProducts = StoreProductShape(many=True, help_text="All of the shops.")
    unavailable = UnavailableShape(many=True, help_text="The shops that did not answer.")


class ProductShape(SoldShape):
    """A product of the ERP."""

    id = serializers.IntegerField(help_text="As the ERP numbers it.")


class ItemShape(SoldShape):
    """An item of a shop."""

    id = serializers.CharField(help_text="As the shop numbers it, in digits.")


class UnmatchedShape(ItemShape):
    """An item of the shop that the ERP does not have."""

    suggestion = serializers.CharField(allow_null=True, help_text="The ERP's SKU of what it probably is.")


class MatchShape(Shape):
    """An item that both sides have."""

    sku = serializers.CharField(help_text="As the shop calls it.")
    prokipProduct = ProductShape(help_text="In the ERP.")
    storeProduct = ItemShape(help_text="In the shop.")
    matched = serializers.BooleanField(help_text="true.")
    manual = serializers.BooleanField(help_text="Whether it was mapped by hand.")


class UnmatchedSidesShape(Shape):
    """What only one side has."""

    prokip = ProductShape(many=True, help_text="Only the ERP.")
    store = UnmatchedShape(many=True, help_text="Only the shop.")


class DuplicateShape(Shape):
    """A SKU that a side has more than once, and which is pushed nowhere."""

    source = serializers.ChoiceField(  # type: ignore[assignment]  # as the contract calls it elsewhere
        choices=["prokip", "store"], help_text="Which side."
    )
    sku = serializers.CharField(help_text=SKU)


class MatchesShape(Shape):
    """What is the same in the ERP and a shop."""

    matches = MatchShape(many=True, help_text="What both have.")
    unmatched = UnmatchedSidesShape(help_text="What one has.")
    duplicates = DuplicateShape(many=True, help_text="SKUs that are there more than once.")


class SummaryShape(Shape):
    """How many products are ready."""

    total = serializers.IntegerField(help_text="All of the ERP.")
    ready = serializers.IntegerField(help_text="Those with nothing to mend.")
    needsAttention = serializers.IntegerField(help_text="The others.")


class ReadyProductShape(ProductShape):
    """A product of the ERP and what keeps it from being in step."""

    ready = serializers.BooleanField(help_text="Whether there is nothing to mend.")
    issues = serializers.ListField(child=serializers.CharField(), help_text="What there is to mend, in sentences.")


class ReadinessShape(Shape):
    """Whether the ERP's products can be sold in a shop."""

    summary = SummaryShape(help_text="How many.")
    products = ReadyProductShape(many=True, help_text="Each of them.")


class PushErrorShape(Shape):
    """Why something was not created."""

    sku = serializers.CharField(help_text="Of the product; blank: of all that were left.")
    error = serializers.CharField(help_text="In a sentence for people.")


class PushedShape(SaidShape):
    """What became of a push; of a pull there is only the sentence."""

    created = serializers.IntegerField(required=False, help_text="How many were created, or would be.")
    skipped = serializers.IntegerField(required=False, help_text="How many are there, or are not ready.")
    failed = serializers.IntegerField(required=False, help_text="How many the shop refused, or did not answer to.")
    problems = PushErrorShape(many=True, required=False, help_text="Why, for the first hundred.")
    goesOn = serializers.BooleanField(required=False, help_text="Whether a worker creates the rest.")


class MappingShape(Shape):
    """A SKU that a shop calls otherwise."""

    connectionId = serializers.IntegerField(source="connection_id", help_text="The shop.")
    storeSku = serializers.CharField(source="sku", help_text="As the shop calls it.")
    prokipSku = serializers.CharField(source="erp_sku", help_text="As the ERP calls it.")


class MappingsShape(Shape):
    """What was mapped by hand."""

    mappings = MappingShape(many=True, help_text="All of them.")
