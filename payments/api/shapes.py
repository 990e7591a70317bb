"""The shapes of what is answered about payments, their intents and their invoices."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import BlankIsNullField, MoneyField, UtcDateTimeField, utc
from core.api.shapes import Shape
from payments.gateways import gateway_named
from payments.models import Invoice, InvoiceKind, Payment

# The contract's words for where a payment stands.
CONTRACT_STATUS = {
    Payment.Status.SUCCEEDED: "completed",
    Payment.Status.FAILED: "failed",
    Payment.Status.CANCELLED: "cancelled",
}


class PaymentShape(Shape):
    """A payment in the contract's words."""

    id = serializers.IntegerField()
    payment_method = serializers.CharField(source="gateway", help_text="The gateway that took it.")
    amount = MoneyField(help_text="What was asked for.")
    currency = serializers.CharField()
    status = serializers.SerializerMethodField()
    transaction_id = BlankIsNullField(source="charge_id", help_text="The gateway's id of the charge, if any.")
    refunded_amount = MoneyField(help_text="How much of it went back.")
    created_at = serializers.SerializerMethodField(help_text="When it was settled, else when it was begun, UTC.")

    def get_status(self, payment: Payment) -> str:
        if payment.is_settled and payment.refunded_amount == payment.amount:
            return "refunded"
        return CONTRACT_STATUS.get(Payment.Status(payment.status), "pending")

    @extend_schema_field(OpenApiTypes.DATETIME)
    def get_created_at(self, payment: Payment) -> str | None:
        return utc(payment.settled_at or payment.created_at)


class IntentShape(Shape):
    """What a client needs to let the customer pay."""

    payment_intent_id = serializers.CharField(source="intent_id", help_text="The gateway's id of the intent.")
    client_secret = serializers.CharField(help_text="With it the gateway's script takes the card.")
    amount = MoneyField(help_text="What there is to pay.")
    currency = serializers.CharField()
    publishable_key = serializers.SerializerMethodField(help_text="What the gateway's script signs with.")
    gateway = serializers.CharField(help_text="Who takes the payment.")

    def get_publishable_key(self, payment: Payment) -> str:
        return gateway_named(payment.gateway).publishable_key


class InvoiceShape(Shape):
    """An invoice, or a credit note, which says which invoice it corrects, and why."""

    number = serializers.CharField(help_text="Its number; the series of a year has no gaps.")
    kind = serializers.ChoiceField(choices=InvoiceKind.choices, help_text="What it is.")
    amount = MoneyField(help_text="Its total.")
    currency = serializers.CharField()
    issued_at = UtcDateTimeField(help_text="When it was written, UTC.")
    payment_id = serializers.IntegerField(help_text="The payment that it is about.")
    corrects = serializers.SerializerMethodField(help_text="The number of the invoice that a credit note corrects.")
    reason = BlankIsNullField(help_text="Why the money went back.")

    def get_corrects(self, invoice: Invoice) -> str | None:
        return invoice.data["corrects"]["number"] if invoice.is_credit_note else None
