"""The thing that is paid for, and its link to payments. What they share, whatever is sold.

The lock order is: payments by their key, then the thing that they pay, then what belongs to that.
"""

import logging
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.urls import reverse

from core.errors import DomainError
from core.states import Stateful
from payments import services
from payments.models import Dispute, Payment, Refund
from payments.models.payment import PaymentQuerySet
from payments.refunds import services as refunds

logger = logging.getLogger(__name__)


class PaymentLink(models.Model):
    """What ties a payment to the thing that it pays.

    A concrete link adds a foreign key to the thing and a one-to-one `payment`, both named as `Payable.NAME` promises.
    `counted_at` says that the money was taken for the thing. What arrives and cannot be counted goes back.
    """

    payment: Any
    payment_id: int
    counted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["id"]


class Payable(Stateful):
    """A thing that is paid for, with a `user` who pays it and a `currency`.

    `NAME` ("voucher", say) names it everywhere: in bodies (`voucher_id`), in the books (`voucher:5`), in files
    (`voucher-5`). The foreign key of its link has that name, with the related name `voucher_payments`; the link's
    `payment` has the related name `voucher_payment`.
    """

    NAME: ClassVar[str]
    user: Any
    currency: Any

    class Meta:
        abstract = True

    @property
    def holder(self) -> str:
        """What the ledger, its invoices and the devices that it holds call it: `voucher:5`."""
        return f"{self.NAME}:{self.pk}"

    @property
    def admin_url(self) -> str:
        """Its page in the back office."""
        return reverse(f"admin:{self._meta.app_label}_{self._meta.model_name}_change", args=[self.pk])

    @property
    def payment_links(self) -> Any:
        """The manager of the links to its payments."""
        return getattr(self, f"{self.NAME}_payments")

    def payments(self) -> PaymentQuerySet:
        """The payments made or begun for it, oldest first."""
        return Payment.objects.filter(**{f"{self.NAME}_payment__{self.NAME}": self}).order_by("pk")

    def counted_payments(self) -> PaymentQuerySet:
        """The payments whose money was taken for it, oldest first."""
        return self.payments().settled().filter(**{f"{self.NAME}_payment__counted_at__isnull": False})

    @property
    def is_disputed(self) -> bool:
        """Whether a bank asks about one of its payments, and has not decided."""
        theirs = {f"payment__{self.NAME}_payment__{self.NAME}": self}
        return Dispute.objects.open().filter(**theirs).exists()

    def lock_payments(self) -> None:
        """Lock its payments, before the thing itself, as settling does, so that the two wait for each other.

        All of them, settled or not: one that settles in between would be missed. By their keys and without a join,
        since a join locks the rows that link them too, in the opposite order.
        """
        ids = list(self.payment_links.values_list("payment_id", flat=True))
        list(Payment.objects.select_for_update().filter(pk__in=ids).order_by("pk"))

    def lock_with_payments(self) -> Self:
        """Lock its payments and then the thing, which is read anew."""
        self.lock_payments()
        return self.lock()

    def record_by_hand(self, *, amount: Decimal, reason: str, by: Any, **about: Any) -> Payment:
        """Money that `by`, one of the staff, took for it by hand, settled at once; `about` are fields of the link.

        Inside a transaction that has locked the thing. Raises InvalidInput without an amount or a reason.
        """

        def link(payment: Payment) -> None:
            self.payment_links.create(payment=payment, **about)

        return services.record_by_hand(
            user=self.user, amount=amount, currency=self.currency, reason=reason, by=by, link=link
        )

    def request_full_refunds(self, *, reason: str) -> list[Refund]:
        """Write down that whatever is left of its settled payments goes back. Its payments are locked."""
        made = [refunds.request_full_refund(payment=payment, reason=reason) for payment in self.payments().settled()]
        return [refund for refund in made if refund]

    def close_intents(self) -> None:
        """Ask the gateway to take no more money for it. Outside of transactions."""
        close_intents(self.payments().open())


def close_intents(payments: Iterable[Payment]) -> None:
    """Ask the gateway to take no more money with these; what arrives all the same is refunded."""
    for payment in payments:
        try:
            services.cancel_intent(payment=payment)
        except DomainError as error:
            logger.warning("Intent of payment %s stays open: %s", payment.pk, error.message)
