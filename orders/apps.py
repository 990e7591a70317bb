"""The orders app."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders and what they need."""

    name = "orders"

    def ready(self) -> None:
        """Listen to the payments, and let orders be paid where payments takes everything."""
        from orders import booking, receivers  # noqa: F401, PLC0415  models exist only once the apps are ready
        from orders.payables import pay_order  # noqa: PLC0415  the same
        from orders.subjects import paid_orders  # noqa: PLC0415  the same
        from payments import payables, subjects  # noqa: PLC0415  the same
        from payments.ledger import checking  # noqa: PLC0415  the same

        payables.register("order_id", pay_order)
        subjects.register(paid_orders)
        checking.register(booking.differences)
