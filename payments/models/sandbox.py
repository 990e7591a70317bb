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
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(refunded__lte=models.F("amount")), name="sandbox_refunds_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return self.intent_id
