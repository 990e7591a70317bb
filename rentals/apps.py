"""The rentals app."""

from django.apps import AppConfig


class RentalsConfig(AppConfig):
    name = "rentals"

    def ready(self) -> None:
        from payments import sellables  # noqa: PLC0415  models exist only once the apps are ready
        from rentals.sellable import RentalSale  # noqa: PLC0415  the same

        sellables.register(RentalSale())
