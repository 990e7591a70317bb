"""The orders app."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders and what they need."""

    name = "orders"

    def ready(self) -> None:
        from orders import sellable  # noqa: PLC0415  models exist only once the apps are ready

        sellable.register()
