"""The events app."""

from django.apps import AppConfig

from core.api.faces import register
from core.text import secrets
from events.api.face import EVENTS


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        """Serve the box office's face, sell tickets, and let a server start only with keys of its own."""
        from events import sellable  # noqa: PLC0415  models exist only once the apps are ready
        from events.gate import codes  # noqa: PLC0415  the same

        register(EVENTS)
        secrets.OF_APPS.append(codes.complaints)
        sellable.register()
