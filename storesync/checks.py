"""Django's `check` of how long the hub keeps what it knows."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

LONGEST_DAYS = 36_500


@register(Tags.compatibility)
def days_that_are_kept(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Nought or less would remove webhooks that nobody has acted on yet."""
    return [
        Error(f"{name}: a number from 1 to {LONGEST_DAYS}.", id="storesync.E001")
        for name in ("SYNC_PAYLOAD_DAYS", "SYNC_RUN_DAYS", "SYNC_TRACE_DAYS")
        if not 1 <= getattr(settings, name) <= LONGEST_DAYS
    ]
