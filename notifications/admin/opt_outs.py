"""On the customer's page: the news that they refused, so that nobody looks for a mail that was never to come."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.users import show_with_customer
from core.admin.base import ReadOnlyInline
from notifications.models import OptOut


class OptOutInline(ReadOnlyInline):
    """Shown only when there are any; what must be sent is not among them, whatever an old row says."""

    model = OptOut
    fields = ["news", "channel", "created_at"]
    verbose_name_plural = "News that the customer switched off"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Most customers have none."""
        return super().has_view_permission(request, obj) and (obj is None or obj.opt_outs.exists())

    @admin.display(description="News")
    def news(self, opt_out: OptOut) -> str:
        """The kind of news in words."""
        return opt_out.kind.replace("_", " ").capitalize()


show_with_customer(OptOutInline)
