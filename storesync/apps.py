"""The store sync app."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from core.api import faces
from storesync.api.face import HUB

LONGEST_DAYS = 36_500


class StoreSyncConfig(AppConfig):
    name = "storesync"
    verbose_name = "Stores"

    def ready(self) -> None:
        """Serve the hub's face, and hear of our own catalogue."""
        from storesync import catalogue  # noqa: PLC0415  models exist only once the apps are ready

        faces.register(HUB)
        catalogue.listen()


@register(Tags.compatibility)
def days_that_are_kept(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Nought or less would remove webhooks that nobody has acted on yet."""
    return [
        Error(f"{name}: a number from 1 to {LONGEST_DAYS}.", id="storesync.E001")
        for name in ("SYNC_PAYLOAD_DAYS", "SYNC_RUN_DAYS", "SYNC_TRACE_DAYS")
        if not 1 <= getattr(settings, name) <= LONGEST_DAYS
    ]
