"""Questions about rentals."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Prefetch

if TYPE_CHECKING:
    from rentals.models import Rental  # noqa: F401  named in a string below


class RentalQuerySet(models.QuerySet["Rental"]):
    """Rentals as customers, staff and the clock look for them."""

    def visible_to(self, user: Any) -> "RentalQuerySet":
        """Staff see every rental, a customer their own."""
        return self if user.is_staff else self.filter(user=user)

    def with_schedule(self) -> "RentalQuerySet":
        """With installments and payments and their invoices, in two further queries."""
        installments = apps.get_model("rentals", "Installment")._base_manager
        payments = apps.get_model("rentals", "RentalPayment")._base_manager
        return self.prefetch_related(
            Prefetch("installments", installments.select_related("paid_with__payment", "late_fee")),
            Prefetch(
                "rental_payments",
                payments.select_related("payment__invoice").defer("payment__invoice__data"),
            ),
        )

    def whole(self) -> "RentalQuerySet":
        """With everything that the detail shows, in a fixed number of queries."""
        return (
            self.with_schedule()
            .select_related("contract", "product__category", "device", "autopay__card")
            .prefetch_related("status_history__actor")
        )

    def unsigned_since(self, moment: datetime) -> "RentalQuerySet":
        """Rentals that were made before `moment` and nobody has signed."""
        return self.filter(status="pending", created_at__lt=moment)
