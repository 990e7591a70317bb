"""Questions about orders."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import OuterRef, Prefetch, Subquery

from payments.models import Payment, Refund
from payments.models.dispute import Dispute

if TYPE_CHECKING:
    from orders.models import Order  # noqa: F401  named in a string below


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders as customers, staff and the clock look for them."""

    def visible_to(self, user: Any) -> "OrderQuerySet":
        """Staff see every order, a customer their own."""
        return self if user.is_staff else self.filter(user=user)

    def with_lines(self) -> "OrderQuerySet":
        """With their lines, in one further query."""
        return self.prefetch_related("lines")

    def with_details(self) -> "OrderQuerySet":
        """With everything that the detail shows, in a fixed number of queries."""
        refunds = Refund.objects.select_related("order_refund", "asked_by", "credit_note").defer("credit_note__data")
        return self.with_lines().prefetch_related(
            "status_history__actor",
            Prefetch("order_payments__payment", Payment.objects.with_invoice()),
            Prefetch("order_payments__payment__refunds", refunds),
            "order_payments__payment__refunds__order_refund__lines",
        )

    def with_dispute(self) -> "OrderQuerySet":
        """With `dispute_status`, that of its gravest dispute; None where no bank wants its money back."""
        gravest = Dispute.objects.gravest(order_payment__order=OuterRef("pk"))
        return self.annotate(dispute_status=Subquery(gravest.values("status")[:1]))

    def expired(self, *, placed_before: datetime) -> "OrderQuerySet":
        """Orders that still wait for money and were placed before that moment."""
        unpaid = self.filter(status="pending", payment_status__in=("pending", "failed"))
        return unpaid.filter(order_date__lt=placed_before)
