"""What lateness leads to: fees and reminders."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.money import MoneyField
from payments.models import Refund
from rentals.models.installment import Installment, RentalPayment


class LateFee(models.Model):
    """The fee for one late installment; there is never a second one for it."""

    installment = models.OneToOneField(Installment, on_delete=models.PROTECT, related_name="late_fee")
    amount = MoneyField()
    assessed_on = models.DateField()
    paid_with = models.ForeignKey(
        RentalPayment, null=True, blank=True, on_delete=models.PROTECT, related_name="late_fees"
    )
    # Unique: a fee that was paid goes back whole, and once.
    refund = models.OneToOneField(
        Refund, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="late_fee"
    )
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    waived_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="late_fee_positive"),
            models.CheckConstraint(
                condition=Q(paid_with__isnull=True) | Q(waived_at__isnull=True), name="late_fee_paid_or_waived"
            ),
            models.CheckConstraint(
                condition=Q(refund__isnull=True) | Q(paid_with__isnull=False), name="late_fee_refunded_was_paid"
            ),
        ]

    def __str__(self) -> str:
        return f"Late fee for {self.installment}"

    @property
    def is_open(self) -> bool:
        return self.paid_with_id is None and self.waived_at is None


class Reminder(models.Model):
    """That a customer was reminded of an installment, once for each stage (days after its day, or before: -7)."""

    installment = models.ForeignKey(Installment, on_delete=models.CASCADE, related_name="reminders")
    stage = models.SmallIntegerField()
    sent_on = models.DateField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["installment", "stage"], name="reminder_once")]

    def __str__(self) -> str:
        return f"Reminder {self.stage:+d} of {self.installment}"
