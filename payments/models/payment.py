"""Money that comes in and goes back."""

import uuid
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.money import ZERO, CurrencyField, MoneyField, quantize
from core.text import with_currency
from payments.models.webhook import WebhookEvent

MANUAL = "manual"  # the gateway of money that staff took by hand


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Questions about payments."""

    def visible_to(self, user: Any) -> "PaymentQuerySet":
        """The user's own."""
        return self.filter(user=user)

    def open(self) -> "PaymentQuerySet":
        """Those that can still be paid."""
        return self.filter(status__in=Payment.OPEN)

    def known_as(self, *, gateway: str, intent_id: str, charge_id: str = "") -> "Payment | None":
        """The payment that the gateway calls so, by its intent or, without one, by its charge; None for a stranger's.

        Compared to the letter, which MySQL does not do.
        """
        name, value = ("intent_id", intent_id) if intent_id else ("charge_id", charge_id)
        found = self.filter(gateway=gateway, **{name: value}) if value else self.none()
        return next((payment for payment in found if getattr(payment, name) == value), None)

    def with_invoice(self) -> "PaymentQuerySet":
        """With their invoices, as far as a list needs them."""
        return self.select_related("invoice").defer("invoice__data")

    def settled(self) -> "PaymentQuerySet":
        """Those whose money arrived."""
        return self.filter(status=Payment.Status.SUCCEEDED)


class Payment(models.Model):
    """One payment intent at a gateway. What it pays for points to it; it knows only the money.

    Money that came on its reference and was not asked for (another amount, another currency, once more) is a payment
    of its own, a stray: it pays for nothing, its intent is the gateway's id of the charge, and staff send it back.

    Money that staff took by hand has the gateway MANUAL, no intent, and says who took it and why.
    """

    class Status(models.TextChoices):
        """Where the payment stands. `failed` was declined and may be tried again; the last two are final."""

        CREATED = "created", "Created"
        REQUIRES_ACTION = "requires_action", "Needs the customer"
        PROCESSING = "processing", "Processing"
        FAILED = "failed", "Declined"
        SUCCEEDED = "succeeded", "Settled"
        CANCELLED = "cancelled", "Cancelled"

    OPEN = (Status.CREATED, Status.REQUIRES_ACTION, Status.PROCESSING, Status.FAILED)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payments")
    amount = MoneyField()
    currency = CurrencyField()
    gateway = models.CharField(max_length=20)
    intent_id = models.CharField(max_length=120, null=True)
    client_secret = models.CharField(max_length=255, blank=True)
    charge_id = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.CREATED)
    failure_code = models.CharField(max_length=80, blank=True)
    failure_message = models.CharField(max_length=500, blank=True)
    # How often the gateway's word was written here: who asked it before that may know less.
    version = models.PositiveIntegerField(default=0, editable=False)
    refunded_amount = MoneyField(default=ZERO)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)
    # For money that was not asked for: the payment on whose reference it came.
    came_for = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="strays"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["gateway", "intent_id"], name="payment_intent_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0, refunded_amount__lte=F("amount")),
                name="payment_refunds_in_bounds",
            ),
            models.CheckConstraint(
                condition=(Q(gateway=MANUAL, taken_by__isnull=False, intent_id__isnull=True) & ~Q(note=""))
                | (~Q(gateway=MANUAL) & Q(taken_by__isnull=True)),
                name="payment_by_hand_says_whose",
            ),
        ]

    def __str__(self) -> str:
        return f"Payment {self.pk}: {with_currency(f'{self.amount:,}', self.currency)}"

    @property
    def is_settled(self) -> bool:
        """Whether the money arrived."""
        return self.status == self.Status.SUCCEEDED

    @property
    def is_open(self) -> bool:
        """Whether it can still be paid."""
        return self.status in self.OPEN

    @property
    def idempotency_key(self) -> str:
        """Under which the gateway makes at most one intent for this payment."""
        return f"payment-{self.key.hex}"

    @property
    def refundable(self) -> Decimal:
        """What is left to give back, counting refunds that are still under way."""
        claimed = self.refunds.exclude(status=Refund.Status.FAILED).aggregate(sum=models.Sum("amount"))["sum"]
        return quantize((self.amount if self.is_settled else ZERO) - (claimed or ZERO))


class Refund(models.Model):
    """Money on its way back.

    A pending one with a `gateway_id` waits at the gateway, perhaps for days; one without was not sent, or was sent
    and nothing came from it.
    """

    class Status(models.TextChoices):
        """Where the refund stands."""

        PENDING = "pending", "Pending"
        SUCCEEDED = "succeeded", "Done"
        FAILED = "failed", "Failed"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = MoneyField()
    reason = models.CharField(max_length=200)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING)
    gateway_id = models.CharField(max_length=120, blank=True)
    failure_message = models.CharField(max_length=500, blank=True)
    # Until when whoever sends it has it alone.
    sending_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive")]
        indexes = [models.Index(fields=["settled_at"], name="refund_by_day")]

    def __str__(self) -> str:
        return f"Refund {self.pk}: {with_currency(f'{self.amount:,}', self.payment.currency)}"

    @property
    def idempotency_key(self) -> str:
        """Under which the gateway gives this money back at most once."""
        return f"refund-{self.key.hex}"

    def claim_sending(self) -> bool:
        """Have the sending of it alone for the lease; False when another process has it, or it was sent."""
        now = timezone.now()
        unsent = type(self).objects.filter(pk=self.pk, status=self.Status.PENDING, gateway_id="")
        free = unsent.filter(Q(sending_until=None) | Q(sending_until__lte=now))
        return bool(free.update(sending_until=now + WebhookEvent.LEASE))
