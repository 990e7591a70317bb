"""The payments app."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Money and gateways."""

    name = "payments"

    def ready(self) -> None:
        """Make the checks known."""
        from payments import checks  # noqa: F401, PLC0415  registering needs the loaded settings
