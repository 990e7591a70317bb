"""What changed a product's count."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalog.models.product import Product


class StockMovement(models.Model):
    """One change of a product's `inventory_count`: by how much, why, by whom. `catalog.stock` alone writes them.

    Rows are appended and never changed: a trigger refuses every UPDATE. They go only with their product, which is
    deleted for good when no order, rental or device ever needed it.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", "Opening count"
        COUNTED = "counted", "Counted"
        IMPORTED = "imported", "Imported"
        RECEIVED = "received", "Received"
        TAKEN = "taken", "Taken"
        RETURNED = "returned", "Put back"
        REMOVED = "removed", "Removed"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="stock_movements", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    change = models.BigIntegerField()
    before = models.BigIntegerField()
    after = models.BigIntegerField()
    reason = models.CharField(max_length=255, blank=True)
    reference = models.CharField(
        max_length=40, blank=True, db_index=True, help_text="What caused it: order:12, rental:7, device:3."
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: the system.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(after=F("before") + F("change")), name="movement_adds_up"),
            models.CheckConstraint(condition=Q(before__gte=0, after__gte=0), name="movement_not_below_zero"),
            models.CheckConstraint(condition=~Q(change=0), name="movement_changes"),
            models.CheckConstraint(
                condition=Q(kind__in=("opening", "counted", "imported", "received", "taken", "returned", "removed")),
                name="movement_kind_is_known",
            ),
        ]
        indexes = [models.Index(fields=["product", "-id"], name="movement_of_product")]

    def __str__(self) -> str:
        return f"{self.signed_change} of product {self.product_id}"

    @property
    def signed_change(self) -> str:
        """The change with its sign, as +3."""
        return f"{self.change:+}"
