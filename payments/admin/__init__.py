"""Payments in the back office."""

from payments.admin import cards, disputes, invoices, ledger, ledger_closings, payments, refunds, webhooks

__all__ = ["cards", "disputes", "invoices", "ledger", "ledger_closings", "payments", "refunds", "webhooks"]
