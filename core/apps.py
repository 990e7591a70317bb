"""The core app."""

from django.apps import AppConfig

from core import logs, secrets  # noqa: F401  the checks of `secrets` register when it is imported
from core.api import converters


class CoreConfig(AppConfig):
    """Shared parts; its one table holds the answers to requests with an Idempotency-Key."""

    name = "core"

    def ready(self) -> None:
        """Make the path converters known before the first route is read."""
        converters.register()
        logs.connect()
