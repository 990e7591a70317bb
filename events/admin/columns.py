"""Columns that the pages of the box office share."""

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.decorators import display

from core.admin.badges import amount_with_currency, badge, page_of
from events.models.order import CURRENCY


def naira(amount: object) -> str:
    return amount_with_currency(amount, CURRENCY)


class Columns:
    """For rows with an `event`, a `user` and a status, as far as they have them."""

    @admin.display(description="Event", ordering="event__title")
    def event_link(self, row: Any) -> SafeString:
        return page_of(row.event)

    @display(description="Customer", ordering="user__email", header=True)
    def customer(self, row: Any) -> list[str]:
        return [str(row.user), row.user.email]

    @admin.display(description="Status", ordering="status")
    def status_label(self, row: Any) -> SafeString:
        return badge(row.status, row.get_status_display())
