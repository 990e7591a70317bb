"""The rentals app."""

from django.apps import AppConfig


class RentalsConfig(AppConfig):
    name = "rentals"

    def ready(self) -> None:
        from rentals import sellable  # noqa: PLC0415  models exist only once the apps are ready

        sellable.register()
