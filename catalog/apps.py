"""The catalog app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """What the shop sells and rents out."""

    name = "catalog"
