"""The lines of people and sessions in the side bar, and the colours of a session."""

from core.admin import badges
from core.admin.sidebar import Entry, register

register(
    Entry("Customers", 500, "Customers", "group", "accounts.user"),
    Entry("Customers", 520, "Sessions", "key", "accounts.session"),
)
badges.register(
    open="success",
    ended="default",
)
