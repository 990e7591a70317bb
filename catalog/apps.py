"""The catalog app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """What the shop sells and rents out."""

    name = "catalog"

    def ready(self) -> None:
        from catalog import stock  # noqa: F401, PLC0415  its receiver needs models, which exist only now
