"""The store sync app."""

from django.apps import AppConfig

from core.api.faces import register
from storesync.api.face import HUB


class StoreSyncConfig(AppConfig):
    name = "storesync"
    verbose_name = "Stores"

    def ready(self) -> None:
        """Serve the hub's face, and hear of our own catalogue."""
        from storesync import catalogue, checks  # noqa: F401, PLC0415  models exist only once the apps are ready

        register(HUB)
        catalogue.listen()
