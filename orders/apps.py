"""The orders app."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders and what they need."""

    name = "orders"
