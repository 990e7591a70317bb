"""What the sandbox gateway remembers: its side of the wire, not ours."""

from django.db import models

from core.money import ZERO, CurrencyField, MoneyField


class SandboxIntent(models.Model):
    """An intent inside the sandbox, as Stripe would keep it inside Stripe."""

    intent_id = models.CharField(max_length=60, unique=True)
    idempotency_key = models.CharField(max_length=120, unique=True)
    amount = MoneyField()
    currency = CurrencyField()
    status = models.CharField(max_length=30, default="requires_payment_method")
    client_secret = models.CharField(max_length=120)
    charge_id = models.CharField(max_length=60, blank=True)
    failure_code = models.CharField(max_length=60, blank=True)
    refunded = MoneyField(default=ZERO)
    refund_ids = models.JSONField(default=dict)
    customer_id = models.CharField(max_length=60, blank=True)
    # The idempotency keys under which it was confirmed: each is one try, however often it comes.
    confirm_keys = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(refunded__lte=models.F("amount")), name="sandbox_refunds_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return self.intent_id


class SandboxMovement(models.Model):
    """A balance transaction inside the sandbox. Amounts are signed, in the currency's smallest unit."""

    movement_id = models.CharField(max_length=60, unique=True)
    intent = models.ForeignKey(SandboxIntent, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=20)
    source_id = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    # The idempotency key that a refund was made with.
    key = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        # A dispute takes an amount, and may give the same back; nothing else moves money twice.
        constraints = [models.UniqueConstraint(fields=["source_id", "amount"], name="sandbox_movement_once")]

    def __str__(self) -> str:
        return self.movement_id


class SandboxDispute(models.Model):
    """A dispute inside the sandbox, in Stripe's words."""

    dispute_id = models.CharField(max_length=60, unique=True)
    intent = models.ForeignKey(SandboxIntent, on_delete=models.PROTECT, related_name="disputes")
    amount = MoneyField()
    reason = models.CharField(max_length=60)
    status = models.CharField(max_length=30, default="needs_response")
    evidence_due_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.dispute_id


class SandboxCustomer(models.Model):
    """A customer inside the sandbox."""

    customer_id = models.CharField(max_length=60, unique=True)
    idempotency_key = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.customer_id


class SandboxCard(models.Model):
    """A payment method inside the sandbox: a test card by its name, without its number.

    `customer_id` is empty once it was detached.
    """

    payment_method_id = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=40)
    customer_id = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return self.payment_method_id


class SandboxSetup(models.Model):
    """A SetupIntent inside the sandbox."""

    setup_id = models.CharField(max_length=60, unique=True)
    client_secret = models.CharField(max_length=120)
    customer_id = models.CharField(max_length=60)
    status = models.CharField(max_length=30, default="requires_payment_method")
    failure_code = models.CharField(max_length=60, blank=True)
    card = models.ForeignKey(SandboxCard, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.setup_id
