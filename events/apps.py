"""The events app."""

from django.apps import AppConfig

from core.text import secrets


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        """Let a server start only with keys of its own."""
        from events.gate import codes  # noqa: PLC0415  models exist only once the apps are ready

        secrets.OF_APPS.append(codes.complaints)
