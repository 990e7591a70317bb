"""Payments in the back office."""

from payments.admin import cards, disputes, invoices, payments, webhooks

__all__ = ["cards", "disputes", "invoices", "payments", "webhooks"]
