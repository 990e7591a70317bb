"""Paying by itself: the customer's consent, and each attempt at a charge."""

from django.db import models
from django.db.models import Q

from payments.models import SavedCard
from rentals.models.installment import Installment
from rentals.models.rental import Rental


class Autopay(models.Model):
    """A customer's consent that a rental is paid with a saved card. One that was ended is kept as it was."""

    rental = models.ForeignKey(Rental, on_delete=models.PROTECT, related_name="autopays")
    card = models.ForeignKey(SavedCard, on_delete=models.PROTECT, related_name="+")
    consent_text = models.TextField()
    consent_version = models.CharField(max_length=20)
    consented_at = models.DateTimeField()
    consent_ip = models.GenericIPAddressField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The rental's id while this is in force, else null: a unique column, so that a rental has one at most.
    active_for = models.OneToOneField(
        Rental, null=True, editable=False, on_delete=models.PROTECT, related_name="autopay"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(active_for__isnull=False, ended_at__isnull=True)
                | Q(active_for__isnull=True, ended_at__isnull=False),
                name="autopay_in_force_or_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"Autopay of rental #{self.rental_id}"


class ChargeAttempt(models.Model):
    """An attempt to charge an installment, written before the gateway is asked.

    `lease_until` is the running worker's: when it dies the lease ends by itself, and the next worker asks the
    gateway for the outcome.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        SUCCEEDED = "succeeded", "Paid"
        DECLINED = "declined", "Declined"
        NEEDS_CUSTOMER = "needs_customer", "Needs the customer"
        DROPPED = "dropped", "No longer due"

    installment = models.ForeignKey(Installment, on_delete=models.PROTECT, related_name="charge_attempts")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=15, choices=Status.choices, default=Status.QUEUED)
    lease_until = models.DateTimeField(null=True, blank=True)
    failure_code = models.CharField(max_length=80, blank=True)
    failure_message = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["installment", "number"], name="charge_attempt_once"),
            models.CheckConstraint(
                condition=Q(status="queued", finished_at__isnull=True)
                | (~Q(status="queued") & Q(finished_at__isnull=False)),
                name="charge_attempt_finished",
            ),
        ]
        indexes = [models.Index(fields=["status", "lease_until"], name="charge_attempt_left")]

    def __str__(self) -> str:
        return f"Try {self.number} at {self.installment}"
