"""Payments, refunds, the webhook inbox, and the sandbox's own memory."""

from payments.models.payment import Payment, Refund
from payments.models.sandbox import SandboxIntent
from payments.models.webhook import WebhookEvent

__all__ = ["Payment", "Refund", "SandboxIntent", "WebhookEvent"]
