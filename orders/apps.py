"""The orders app."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders and what they need."""

    name = "orders"

    def ready(self) -> None:
        """Listen to the payments."""
        from orders import receivers  # noqa: F401, PLC0415  models exist only once the apps are ready
