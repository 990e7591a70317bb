"""Disputes: a payer asks their bank for the money back, and the bank asks us for evidence."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from core.money import CurrencyField, MoneyField
from payments.models.payment import Payment


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """Questions about disputes."""

    def open(self) -> "DisputeQuerySet":
        """Those that are not decided."""
        return self.filter(status__in=Dispute.OPEN)

    def gravest(self, **payment: Any) -> "DisputeQuerySet":
        """Of the payments that these conditions name, what is open first, then what was lost; nothing else."""
        theirs = self.filter(**{f"payment__{name}": value for name, value in payment.items()})
        grave = theirs.filter(status__in=(*Dispute.OPEN, Dispute.Status.LOST))
        return grave.order_by(F("closed_at").desc(nulls_first=True), "-pk")


class Dispute(models.Model):
    """One dispute as the gateway tells of it, in Stripe's words (https://docs.stripe.com/api/disputes/object).

    A `warning` is a bank's question, before any money moves. `RANK` is the order of a dispute's life: what comes
    late and stands further down changes nothing, so that the end is the same in whatever order it comes.
    """

    class Status(models.TextChoices):
        """Where the dispute stands."""

        WARNING_NEEDS_RESPONSE = "warning_needs_response", "Question waits for an answer"
        WARNING_UNDER_REVIEW = "warning_under_review", "Question is with the bank"
        WARNING_CLOSED = "warning_closed", "Question closed"
        NEEDS_RESPONSE = "needs_response", "Waits for evidence"
        UNDER_REVIEW = "under_review", "Is with the bank"
        PREVENTED = "prevented", "Prevented"
        WON = "won", "Won"
        LOST = "lost", "Lost"

    RANK = tuple(Status.values)
    OPEN = (Status.WARNING_NEEDS_RESPONSE, Status.WARNING_UNDER_REVIEW, Status.NEEDS_RESPONSE, Status.UNDER_REVIEW)

    gateway = models.CharField(max_length=20)
    dispute_id = models.CharField(max_length=120)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    amount = MoneyField()
    currency = CurrencyField()
    reason = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=30, choices=Status.choices)
    evidence_due_at = models.DateTimeField("evidence due", null=True, blank=True)
    opened_at = models.DateTimeField(help_text="At the gateway.")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When we heard of its end.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["gateway", "dispute_id"], name="dispute_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_amount_positive"),
            models.CheckConstraint(
                condition=Q(
                    status__in=("warning_needs_response", "warning_under_review", "needs_response", "under_review"),
                    closed_at__isnull=True,
                )
                | Q(status__in=("warning_closed", "prevented", "won", "lost"), closed_at__isnull=False),
                name="dispute_closed_or_open",
            ),
        ]
        indexes = [models.Index(fields=["status", "evidence_due_at"], name="dispute_by_status")]

    def __str__(self) -> str:
        return f"Dispute {self.dispute_id}"

    @property
    def is_open(self) -> bool:
        """Whether the bank has not decided it."""
        return self.status in self.OPEN

    @property
    def is_question(self) -> bool:
        """Whether the bank only asks, and no money has moved."""
        return self.status.startswith("warning_")

    def outranks(self, status: str) -> bool:
        """Whether it is at this status, or further on."""
        return self.RANK.index(self.status) >= self.RANK.index(status)


class DisputeMovement(models.Model):
    """Money that the gateway took for a dispute, or gave back.

    `amount` is signed as it moved our balance there (what was taken is negative), `fee` is what the gateway kept
    besides: the balance moved by `amount - fee`. Both in the currency's smallest unit.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="movements")
    movement_id = models.CharField(max_length=120)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    currency = CurrencyField()
    moved_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["dispute", "movement_id"], name="dispute_movement_once")]

    def __str__(self) -> str:
        return self.movement_id
