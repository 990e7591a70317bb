"""The shapes of quotes: of a rental before it is made, and of a buyout."""

from decimal import Decimal

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import MoneyField, UtcDateTimeField
from core.api.shapes import Shape


class BuyoutQuoteShape(Shape):
    """Today's price to own the device, and how it came about."""

    buyout_price = MoneyField(source="total", help_text="What there is to pay, with open late fees.")
    currency = serializers.CharField()
    formula = serializers.CharField(source="price.formula", help_text="The formula of the rule pack in force.")
    formula_amount = MoneyField(source="price.formula_amount", help_text="What the formula alone gives.")
    remaining_scheduled = MoneyField(
        source="price.remaining_scheduled", help_text="What all open installments come to."
    )
    late_fees = MoneyField(source="fees", help_text="The late fees that are open.")
    inputs = serializers.DictField(source="price.inputs", help_text="All that went into the formula.")
    valid_until = UtcDateTimeField(help_text="How long it holds at least, UTC.")


class DuePaymentShape(Shape):
    """A payment to come."""

    number = serializers.IntegerField(help_text="Its number, from 1.")
    due_date = serializers.DateField(help_text="When it is due.")
    amount = MoneyField(help_text="How much.")


class EarlyPurchaseShape(Shape):
    """What owning the device costs after so many payments, all made on time."""

    month = serializers.IntegerField(help_text="How many payments are made.")
    date = serializers.DateField(help_text="The day of the last of them.")
    price = MoneyField(help_text="What there is to pay.")


@extend_schema_field(OpenApiTypes.NUMBER)
class RuleNumberField(serializers.Field):
    """A number of a rule pack, with the digits that it has there."""

    def to_representation(self, value: Decimal) -> Decimal:
        return value


class LateFeeShape(Shape):
    """What lateness costs."""

    kind = serializers.CharField(help_text="none, or the greater_of or lesser_of `percent` and `amount`.")
    grace_days = serializers.IntegerField(help_text="Days after the due date that are free.")
    percent = RuleNumberField(help_text="Of the payment.")
    amount = RuleNumberField(help_text="In the currency of the quote.")
    minimum = RuleNumberField(help_text="The least that a fee is.")
    fee = MoneyField(help_text="What it comes to for one payment.")


class RentalQuoteShape(Shape):
    """The whole cost of a rental that would begin today."""

    product_id = serializers.IntegerField(help_text="The product.")
    product_name = serializers.CharField(help_text="What it is called.")
    currency = serializers.CharField()
    monthly_rate = MoneyField(help_text="Of one month.")
    total_months = serializers.IntegerField(help_text="The term.")
    total_amount = MoneyField(help_text="Of all months.")
    cash_price = MoneyField(help_text="What the product costs to buy.")
    cost_of_renting = MoneyField(help_text="The total less the cash price.")
    number_of_payments = serializers.IntegerField(help_text="How many there are.")
    start_date = serializers.DateField(help_text="The first day, on which the first payment is due.")
    end_date = serializers.DateField(help_text="The day on which all months have run.")
    ownership_date = serializers.DateField(help_text="The day on which the last payment is due.")
    ownership_passes = serializers.CharField(help_text="When the device is the customer's, in words.")
    payments = DuePaymentShape(many=True, help_text="The schedule.")
    early_purchase = EarlyPurchaseShape(many=True, help_text="The price of owning it early, by month.")
    late_fee = LateFeeShape(help_text="What lateness costs.")
    pack_code = serializers.CharField(help_text="The rule pack of the place.")
    pack_name = serializers.CharField(help_text="What it is called.")
    pack_version = serializers.IntegerField(help_text="Its version.")
    pack_sources = serializers.ListField(child=serializers.CharField(), help_text="The law that it cites.")
