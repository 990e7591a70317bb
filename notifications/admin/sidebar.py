"""The lines of mails in the side bar, and the colours of their statuses."""

from core.admin import badges
from core.admin.sidebar import Entry, register

register(
    Entry("Mail", 600, "Outbox", "outgoing_mail", "notifications.email"),
    Entry("Mail", 610, "Stopped addresses", "mail_off", "notifications.suppression"),
)
badges.register(
    queued="warning",
    sent="info",
    delivered="success",
    opened="primary",
    clicked="primary",
    deferred="warning",
    bounced="danger",
    complained="danger",
    rejected="danger",
    suppressed="danger",
    failed="danger",
    active="success",
    stopped="danger",
)
