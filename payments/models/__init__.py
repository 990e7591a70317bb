"""Payments, refunds, invoices, saved cards, the webhook inbox, and the sandbox's own memory."""

from payments.models.cards import CardSetup, GatewayCustomer, SavedCard
from payments.models.dispute import Dispute, DisputeMovement
from payments.models.invoice import Invoice, InvoiceDocument, InvoiceKind, NumberSeries
from payments.models.ledger import DayClosing, LedgerEntry, LedgerLine
from payments.models.outage import GatewayOutage
from payments.models.payment import Payment, Refund
from payments.models.sandbox import (
    SandboxCard,
    SandboxCustomer,
    SandboxDispute,
    SandboxIntent,
    SandboxMovement,
    SandboxSetup,
)
from payments.models.webhook import WebhookEvent

__all__ = [
    "CardSetup",
    "DayClosing",
    "Dispute",
    "DisputeMovement",
    "GatewayCustomer",
    "GatewayOutage",
    "Invoice",
    "InvoiceDocument",
    "InvoiceKind",
    "LedgerEntry",
    "LedgerLine",
    "NumberSeries",
    "Payment",
    "Refund",
    "SandboxCard",
    "SandboxCustomer",
    "SandboxDispute",
    "SandboxIntent",
    "SandboxMovement",
    "SandboxSetup",
    "SavedCard",
    "WebhookEvent",
]
