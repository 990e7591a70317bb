"""Bodies in and out of the payment endpoints."""

from typing import Any

from rest_framework import serializers

from core.api.fields import BooleanField, MoneyField, TextField, utc
from core.api.serializers import StrictSerializer
from payments.gateways import gateway_named
from payments.models import CardSetup, Payment, SavedCard

# The contract's words for where a payment stands.
CONTRACT_STATUS = {
    Payment.Status.SUCCEEDED: "completed",
    Payment.Status.FAILED: "failed",
    Payment.Status.CANCELLED: "cancelled",
}


class SandboxPayBody(StrictSerializer):
    """A test card, and whether the customer passes the authentication."""

    card = TextField(max_length=19)
    authenticate = BooleanField(default=False)


class SandboxPayAnswer(serializers.Serializer):
    """What became of the try."""

    payment_intent_id = serializers.CharField()
    status = serializers.ChoiceField(choices=["succeeded", "requires_action", "declined"])
    message = serializers.CharField()


class SandboxSetupBody(StrictSerializer):
    """A test card."""

    card = TextField(max_length=19)


class SandboxSetupAnswer(serializers.Serializer):
    """What became of the try to save a card."""

    setup_intent_id = serializers.CharField()
    status = serializers.ChoiceField(choices=["succeeded", "declined"])
    message = serializers.CharField()


class SetupIntentAnswer(serializers.Serializer):
    """What a client needs to let the customer save a card."""

    setup_intent_id = serializers.CharField()
    client_secret = serializers.CharField()
    publishable_key = serializers.CharField()
    gateway = serializers.CharField()


class NewCardBody(StrictSerializer):
    """The setup with which the browser saved a card. Its number stays there."""

    setup_intent_id = TextField(max_length=120)


class CardFields(serializers.Serializer):
    """The shape of `card_json`."""

    id = serializers.IntegerField()
    brand = serializers.CharField()
    last4 = serializers.CharField()
    exp_month = serializers.IntegerField()
    exp_year = serializers.IntegerField()
    is_default = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class CardsAnswer(serializers.Serializer):
    """The user's saved cards."""

    payment_methods = CardFields(many=True)


class CardAnswer(serializers.Serializer):
    """One saved card."""

    payment_method = CardFields()


class ChangedCardAnswer(CardAnswer):
    """A saved card, and what happened to it."""

    message = serializers.CharField()


class PaymentAnswer(serializers.Serializer):
    """A payment in the contract's words."""

    id = serializers.IntegerField()
    payment_method = serializers.CharField()
    amount = MoneyField()
    currency = serializers.CharField()
    status = serializers.CharField()
    transaction_id = serializers.CharField(allow_null=True)
    refunded_amount = MoneyField()
    created_at = serializers.DateTimeField()


class ConfirmAnswer(serializers.Serializer):
    """A settled payment."""

    message = serializers.CharField()
    payment_intent_id = serializers.CharField()
    status = serializers.CharField()
    payment = PaymentAnswer()


class IntentAnswer(serializers.Serializer):
    """What a client needs to let the customer pay."""

    payment_intent_id = serializers.CharField()
    client_secret = serializers.CharField()
    amount = MoneyField()
    currency = serializers.CharField()
    publishable_key = serializers.CharField()
    gateway = serializers.CharField()


def payment_json(payment: Payment) -> dict[str, Any]:
    """The payment as the contract lists it."""
    fully_refunded = payment.is_settled and payment.refunded_amount == payment.amount
    status = "refunded" if fully_refunded else CONTRACT_STATUS.get(Payment.Status(payment.status), "pending")
    return {
        "id": payment.pk,
        "payment_method": payment.gateway,
        "amount": payment.amount,
        "currency": payment.currency,
        "status": status,
        "transaction_id": payment.charge_id or None,
        "refunded_amount": payment.refunded_amount,
        "created_at": utc(payment.settled_at or payment.created_at),
    }


def intent_json(payment: Payment) -> dict[str, Any]:
    """The payment's intent as the ruling on paying names it."""
    return {
        "payment_intent_id": payment.intent_id,
        "client_secret": payment.client_secret,
        "amount": payment.amount,
        "currency": payment.currency,
        "publishable_key": gateway_named(payment.gateway).publishable_key,
        "gateway": payment.gateway,
    }


def setup_intent_json(setup: CardSetup) -> dict[str, Any]:
    """A setup as the browser needs it."""
    return {
        "setup_intent_id": setup.setup_id,
        "client_secret": setup.client_secret,
        "publishable_key": gateway_named(setup.gateway).publishable_key,
        "gateway": setup.gateway,
    }


def card_json(card: SavedCard) -> dict[str, Any]:
    """A saved card as its owner knows it; the token that charges it stays here."""
    return {
        "id": card.pk,
        "brand": card.brand,
        "last4": card.last4,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "is_default": card.is_default,
        "created_at": utc(card.created_at),
    }


def confirmed_json(payment: Payment) -> dict[str, Any]:
    """The answer to a successful confirm."""
    return {
        "message": "Payment confirmed successfully",
        "payment_intent_id": payment.intent_id,
        "status": "succeeded",
        "payment": payment_json(payment),
    }
