"""The orders app."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders and what they need."""

    name = "orders"

    def ready(self) -> None:
        """Sell orders."""
        from orders.sellable import OrderSale  # noqa: PLC0415  models exist only once the apps are ready
        from payments import sellables  # noqa: PLC0415  the same

        sellables.register(OrderSale())
