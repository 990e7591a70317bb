"""What the provider told of a mail, on the mail's page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from core.admin.badges import badge
from core.admin.base import ReadOnlyInline
from notifications.models import EmailEvent


class TrackingInline(ReadOnlyInline):
    """What the provider told of the mail, in order."""

    model = EmailEvent
    fields = ["occurred_at", "kind_label", "provider", "detail"]
    verbose_name_plural = "What the provider told"
    hide_title = True

    @admin.display(description="Event")
    def kind_label(self, event: EmailEvent) -> SafeString:
        """What happened, in its colour."""
        return badge(event.kind, event.kind.capitalize())

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not shown where nothing was told: a mail server tells nothing."""
        return super().has_view_permission(request, obj) and (obj is None or obj.tracking.exists())
