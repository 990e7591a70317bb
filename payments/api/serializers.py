"""Payments and intents as `rentals` still answers them."""

from typing import Any

from rest_framework import serializers

from core.api.fields import MoneyField, utc
from payments.gateways import gateway_named
from payments.models import Payment

# The contract's words for where a payment stands.
CONTRACT_STATUS = {
    Payment.Status.SUCCEEDED: "completed",
    Payment.Status.FAILED: "failed",
    Payment.Status.CANCELLED: "cancelled",
}


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
