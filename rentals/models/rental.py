"""A rental: one device, paid month by month until it is the customer's."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Round
from django.utils import timezone

from accounts.models import Address
from catalog.models import Condition, Device, Product
from core.money import ZERO, CurrencyField, MoneyField, percent_share
from core.states import StatusChange, Transitions
from payments.models import Payment
from payments.payables import Payable


class RentalQuerySet(models.QuerySet["Rental"]):
    def visible_to(self, user: Any) -> "RentalQuerySet":
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

    def with_details(self) -> "RentalQuerySet":
        """With everything that the detail shows, in a fixed number of queries."""
        return (
            self.with_schedule()
            .select_related("contract", "product__category", "device", "autopay__card")
            .prefetch_related("status_history__actor")
        )

    def unsigned_since(self, moment: datetime) -> "RentalQuerySet":
        return self.filter(status="pending", created_at__lt=moment)


class Rental(Payable):
    """What was agreed is a copy: a later change of the product, its price or the address changes nothing here.

    `pack` freezes the rules of the customer's place as they stood on the first day. `overdue` is no status: it
    follows from the schedule and the day.
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Waits for signature"
        ACTIVE = "active", "Active"
        COMPLETED = "completed", "Completed"
        RETURNED = "returned", "Returned"
        CANCELLED = "cancelled", "Cancelled"

    TRANSITIONS: ClassVar[Transitions] = {
        Status.PENDING: frozenset({Status.ACTIVE, Status.CANCELLED}),
        Status.ACTIVE: frozenset({Status.COMPLETED, Status.RETURNED}),
        Status.COMPLETED: frozenset(),
        Status.RETURNED: frozenset(),
        Status.CANCELLED: frozenset(),
    }
    LABEL = "The rental"
    NAME = "rental"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rentals")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="rentals")
    device = models.ForeignKey(Device, null=True, blank=True, on_delete=models.PROTECT, related_name="rentals")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING, editable=False)
    product_name = models.CharField(max_length=200)
    sku = models.CharField("SKU", max_length=64)
    image_url = models.CharField(max_length=500, blank=True)
    currency = CurrencyField()
    cash_price = MoneyField()
    monthly_rate = MoneyField()
    total_months = models.PositiveSmallIntegerField("months")
    total_amount = MoneyField()
    start_date = models.DateField()
    end_date = models.DateField()
    address_ref = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    address = models.JSONField()
    pack = models.JSONField(editable=False)
    carrier = models.CharField(max_length=100, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    return_grade = models.CharField(max_length=20, choices=Condition.choices, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RentalQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(monthly_rate__gt=0, total_months__gt=0), name="rental_has_terms"),
            models.CheckConstraint(condition=Q(cash_price__gte=0), name="rental_cash_price_not_negative"),
            models.CheckConstraint(
                # Rounded, since SQLite multiplies amounts as floats; MySQL's decimals are exact anyway.
                condition=Q(total_amount=Round(F("monthly_rate") * F("total_months"), 2)),
                name="rental_total_adds_up",
            ),
            models.CheckConstraint(condition=Q(end_date__gt=F("start_date")), name="rental_ends_after_start"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="rental_of_user"),
            models.Index(fields=["status", "created_at"], name="rental_by_status"),
        ]

    def __str__(self) -> str:
        return f"Rental #{self.pk}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen to it."""
        return not self.TRANSITIONS[self.status]

    @property
    def is_signed(self) -> bool:
        return self.status not in (self.Status.PENDING, self.Status.CANCELLED)

    # What follows reads the schedule: of many rentals, get it with `with_schedule`.

    @property
    def payments_made(self) -> int:
        return sum(installment.is_paid for installment in self.installments.all())

    @property
    def payment_progress(self) -> Decimal:
        """How much of the installments was paid, in percent."""
        return percent_share(self.payments_made, self.total_months)

    @property
    def open_installments(self) -> list[Any]:
        """The installments still to pay, the next one first."""
        return [installment for installment in self.installments.all() if installment.is_open]

    @property
    def next_installment(self) -> Any:
        return next(iter(self.open_installments), None)

    @property
    def next_payment_date(self) -> date | None:
        """When the next installment is due; None for a rental that is over."""
        following = None if self.is_over else self.next_installment
        return following and following.due_date

    @property
    def remaining_payments(self) -> int:
        return len(self.open_installments)

    @property
    def remaining_amount(self) -> Decimal:
        """What the open installments come to, without late fees."""
        return sum((installment.amount for installment in self.open_installments), ZERO)

    @property
    def open_late_fees(self) -> list[Any]:
        """The late fees still to pay, oldest first; a rental that is over has none."""
        fees = (getattr(installment, "late_fee", None) for installment in self.installments.all())
        return [fee for fee in fees if fee is not None and fee.is_open and not self.is_over]

    @property
    def late_fees_due(self) -> Decimal:
        """What the open late fees come to."""
        return sum((fee.amount for fee in self.open_late_fees), ZERO)

    @property
    def all_payments(self) -> list[Payment]:
        """The payments made or begun for it, oldest first."""
        return [link.payment for link in self.rental_payments.all()]


class RentalStatusChange(StatusChange):
    subject = models.ForeignKey(Rental, on_delete=models.CASCADE, related_name="status_history")
