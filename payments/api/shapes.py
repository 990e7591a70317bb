"""The shapes of what is answered about payments, their intents and their invoices."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import BlankIsNullField, MoneyField, UtcDateTimeField, utc
from core.api.shapes import MessageShape, Shape
from payments.gateways import gateway_named
from payments.models import CardSetup, Invoice, InvoiceKind, Payment

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


class ConfirmedShape(Shape):
    """A settled payment."""

    message = serializers.CharField()
    payment_intent_id = serializers.CharField(source="payment.intent_id", help_text="The gateway's id of the intent.")
    status = serializers.CharField(source="payment.status", help_text="Always `succeeded`.")
    payment = PaymentShape(help_text="The payment as it stands now.")

    @classmethod
    def confirmed(cls, payment: Payment) -> dict[str, Any]:
        return cls.of({"message": "Payment confirmed successfully", "payment": payment})


class KnownIntentShape(IntentShape):
    """An intent, and how its payment stands here."""

    status = serializers.ChoiceField(choices=Payment.Status.choices, help_text="Where the payment stands.")
    payment = PaymentShape(source="*", help_text="The payment in the contract's words.")


class SetupIntentShape(Shape):
    """What a client needs to let the customer save a card."""

    setup_intent_id = serializers.CharField(source="setup_id", help_text="The gateway's id of the setup.")
    client_secret = serializers.CharField(help_text="With it the gateway's script saves the card.")
    publishable_key = serializers.SerializerMethodField(help_text="What the gateway's script signs with.")
    gateway = serializers.CharField(help_text="Who keeps the card.")

    def get_publishable_key(self, setup: CardSetup) -> str:
        return gateway_named(setup.gateway).publishable_key


class CardShape(Shape):
    """A saved card as its owner knows it; the token that charges it stays here."""

    id = serializers.IntegerField()
    brand = serializers.CharField(help_text="Visa, Mastercard and so on, in lower case.")
    last4 = serializers.CharField(help_text="The last four digits of its number.")
    exp_month = serializers.IntegerField(help_text="The month in which it expires, from 1.")
    exp_year = serializers.IntegerField(help_text="The year in which it expires.")
    is_default = serializers.BooleanField(help_text="Whether its owner pays with it unless they choose another.")
    created_at = UtcDateTimeField()


class CardsShape(Shape):
    """The user's saved cards."""

    payment_methods = CardShape(many=True, help_text="Newest first.")


class OneCardShape(Shape):
    """One saved card."""

    payment_method = CardShape(help_text="The card.")


class ChangedCardShape(MessageShape, OneCardShape):
    """A saved card, and what happened to it."""


class SandboxPaymentShape(Shape):
    """What became of the try to pay."""

    payment_intent_id = serializers.CharField(help_text="The intent.")
    status = serializers.ChoiceField(
        choices=["succeeded", "requires_action", "declined"], help_text="What the card's bank said."
    )
    message = serializers.CharField()


class SandboxSetupShape(Shape):
    """What became of the try to save a card."""

    setup_intent_id = serializers.CharField(help_text="The setup.")
    status = serializers.ChoiceField(choices=["succeeded", "declined"], help_text="What the card's bank said.")
    message = serializers.CharField()


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
