"""The core app."""

from django.apps import AppConfig

from core.api import converters
from core.text import secrets  # noqa: F401  its checks register when it is imported
from core.web import logs


class CoreConfig(AppConfig):
    """Shared parts, with tables for the answers to requests with an Idempotency-Key and for the runs of chores."""

    name = "core"

    def ready(self) -> None:
        """Make the path converters known before the first route is read."""
        from core.admin import chores  # noqa: F401, PLC0415  registers a page, for which the models must be there

        converters.register()
        logs.connect()
