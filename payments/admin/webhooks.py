"""The gateways' webhook events: to read, and to run again."""

import json
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from accounts.models import User
from core.admin.badges import badge
from core.admin.steps import ReadOnlyStepsAdmin, Step
from payments import inbox
from payments.admin.refunds import StillFailing
from payments.models import WebhookEvent

FAILING = (WebhookEvent.Status.FAILED, WebhookEvent.Status.PARKED)
SECRET_KEYS = frozenset({"client_secret"})


def run_again(event: WebhookEvent, *, by: User) -> str:
    """Handle a failed or parked event once more, now. Raises StillFailing with what went wrong."""
    handled = inbox.replay(event)
    if handled.status == WebhookEvent.Status.RECEIVED:
        raise StillFailing("Another process runs it at this moment. Look again in a minute.")
    if handled.status in FAILING:
        raise StillFailing(f"It failed again: {handled.error}")
    return f"The event was run again: {handled.get_status_display().lower()}."


def without_secrets(value: Any) -> Any:
    """The same JSON value with its secrets covered."""
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    if isinstance(value, dict):
        return {key: "***" if key in SECRET_KEYS else without_secrets(item) for key, item in value.items()}
    return value


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyStepsAdmin):
    """The inbox of the gateways' events, for admins."""

    list_display = ["event_id", "kind", "status_label", "attempts", "received_at", "error_label"]
    list_filter = [("status", ChoicesDropdownFilter), "gateway", "received_at"]
    search_fields = ["event_id", "kind"]
    search_help_text = "Event or kind"
    fields = [
        *("event_id", "kind", "gateway", "status_label", "attempts", "error"),
        *("received_at", "handled_at", "next_try", "content"),
    ]
    readonly_fields = ["status_label", "next_try", "content"]
    steps = [
        Step(
            name="run-again",
            label="Run again",
            icon="replay",
            variant="primary",
            permission="payments.change_webhookevent",
            offered=lambda event: event.status in (*FAILING, WebhookEvent.Status.RECEIVED),
            run=run_again,
        )
    ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Only admins look after the machine."""
        return request.user.has_perm("payments.view_webhookevent")

    @admin.display(description="Status", ordering="status")
    def status_label(self, event: WebhookEvent) -> SafeString:
        return badge(event.status, event.get_status_display())

    @admin.display(description="Error")
    def error_label(self, event: WebhookEvent) -> str:
        return event.error[:80]

    @admin.display(description="Next try")
    def next_try(self, event: WebhookEvent) -> datetime | None:
        return event.next_attempt_at if event.status in WebhookEvent.OPEN else None

    @admin.display(description="Content")
    def content(self, event: WebhookEvent) -> SafeString:
        try:
            text = json.dumps(without_secrets(json.loads(event.payload)), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            text = "This is not JSON."
        return format_html('<pre class="gg-pre">{}</pre>', text)
