"""The lines of rentals in the side bar, the colours of their statuses, and where one of them is shown."""

from catalog.admin import references
from core.admin import badges
from core.admin.sidebar import Entry, register

register(
    Entry(
        "Rentals",
        300,
        "Rentals",
        "event_repeat",
        "rentals.rental",
        without=("rentals_rental_late", "rentals_installment_changelist"),
    ),
    Entry("Rentals", 310, "Late", "running_with_errors", "rentals.rental", page="late"),
    Entry("Rentals", 320, "Due this week", "calendar_month", "rentals.installment"),
    Entry("Rentals", 330, "Contracts", "contract", "rentals.contract"),
    Entry("Rentals", 340, "Charges", "credit_score", "rentals.chargeattempt"),
)
badges.register(
    pending="warning",
    active="success",
    completed="primary",
    returned="info",
    cancelled="danger",
    open="success",
    paid="success",
    closed="default",
    overdue="danger",
    due="warning",
    unpaid="danger",
    waived="info",
    queued="warning",
    succeeded="success",
    declined="danger",
    needs_customer="warning",
    ended="default",
    failed="danger",
)
references.register(rental="admin:rentals_rental_change")
