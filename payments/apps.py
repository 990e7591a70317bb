"""The payments app."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Money and gateways."""

    name = "payments"

    def ready(self) -> None:
        """Make the checks known, and book what settles before anybody else hears of it."""
        from payments import checks  # noqa: F401, PLC0415  registering needs the loaded settings
        from payments.ledger import receivers  # noqa: F401, PLC0415  models exist only once the apps are ready
