"""Payments in the back office."""

from payments.admin import disputes, invoices, payments, refunds, sidebar, webhooks
from payments.admin.ledger import closings, entries

__all__ = ["closings", "disputes", "entries", "invoices", "payments", "refunds", "sidebar", "webhooks"]
