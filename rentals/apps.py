"""The rentals app."""

from django.apps import AppConfig


class RentalsConfig(AppConfig):
    name = "rentals"

    def ready(self) -> None:
        from payments import payables, subjects  # noqa: PLC0415  models exist only once the apps are ready
        from payments.ledger import checking  # noqa: PLC0415  models exist only once the apps are ready
        from rentals import booking, invoicing, receivers  # noqa: F401, PLC0415  they listen, and need the models
        from rentals.money.paying import pay_rental  # noqa: PLC0415  models exist only once the apps are ready
        from rentals.subjects import paid_rentals  # noqa: PLC0415  models exist only once the apps are ready

        payables.register("rental_id", pay_rental)
        subjects.register(paid_rentals)
        checking.register(booking.differences)
