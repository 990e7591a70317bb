"""The lines of money in the side bar, and the colours of its statuses."""

from core.admin import badges
from core.admin.sidebar import Entry, register

register(
    Entry("Sales", 110, "Payments", "credit_card", "payments.payment"),
    Entry("Sales", 120, "Refunds", "currency_exchange", "payments.refund"),
    Entry("Sales", 130, "Disputes", "gavel", "payments.dispute"),
    Entry("Sales", 140, "Invoices", "request_quote", "payments.invoice"),
    Entry("Books", 200, "Accounts", "account_balance", "payments.ledgerentry", page="accounts"),
    Entry("Books", 210, "Entries", "menu_book", "payments.ledgerentry", without=("payments_ledgerentry_accounts",)),
    Entry("Books", 220, "Day closings", "event_available", "payments.dayclosing"),
    Entry("Customers", 510, "Saved cards", "wallet", "payments.savedcard"),
    Entry("Settings", 820, "Webhook events", "webhook", "payments.webhookevent"),
)
badges.register(
    created="warning",
    requires_action="warning",
    processing="info",
    pending="warning",
    succeeded="success",
    failed="danger",
    cancelled="danger",
    received="warning",
    handled="success",
    ignored="default",
    parked="danger",
    invoice="primary",
    credit_note="info",
    warning_needs_response="warning",
    warning_under_review="info",
    needs_response="danger",
    under_review="warning",
    prevented="success",
    won="success",
    lost="danger",
    overdue="danger",
    due="warning",
)
