"""The payments app."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Money and gateways."""

    name = "payments"
