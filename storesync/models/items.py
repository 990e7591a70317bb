"""What is sold where: the ERP's items, the shops' items, which of them are the same, and their stock."""

from django.db import models
from django.db.models import Q

from storesync.models.connection import Connection, ErpConfig


class ErpItem(models.Model):
    """A variation as the ERP last showed it. `stock` is none where the ERP knows nothing; combined ones have none.

    SKUs are compared to the letter, which not every collation does: `sku_key` is the SHA-256 of the SKU.
    """

    erp = models.ForeignKey(ErpConfig, on_delete=models.CASCADE, related_name="items")
    product_id = models.PositiveBigIntegerField()
    variation_id = models.PositiveBigIntegerField()
    sku = models.CharField(max_length=255)
    sku_key = models.CharField(max_length=64, editable=False)
    name = models.CharField(max_length=255, blank=True)
    price = models.DecimalField(max_digits=22, decimal_places=4, null=True)
    stock = models.DecimalField(max_digits=22, decimal_places=4, null=True)
    is_combined = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = "ERP item"
        constraints = [models.UniqueConstraint(fields=["erp", "variation_id"], name="erp_item_once")]
        indexes = [models.Index(fields=["erp", "sku_key"], name="erp_item_by_sku")]

    def __str__(self) -> str:
        return self.sku


class SkuMapping(models.Model):
    """A shop's item, and the SKU that the ERP has for it. A manual one beats what is the same by its letters.

    `item_key` is the shop's id of item and variant (`ItemRef.key`), none in a manual one while no item, or more than
    one, has its SKU. `sku_key` is none in an automatic one whose SKU the shop has twice, or not at all: such an item
    is pushed nowhere.
    """

    class How(models.TextChoices):
        AUTOMATIC = "automatic", "By its SKU"
        MANUAL = "manual", "By hand"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="mappings")
    item_id = models.CharField(max_length=100, blank=True)
    variant_id = models.CharField(max_length=100, blank=True)
    inventory_id = models.CharField(max_length=100, blank=True, help_text="What Shopify calls its stock.")
    item_key = models.CharField(max_length=64, null=True, editable=False)
    sku = models.CharField(max_length=255, help_text="As the shop calls it.")
    sku_key = models.CharField(max_length=64, null=True, editable=False)
    erp_sku = models.CharField(max_length=255, help_text="As the ERP calls it.")
    erp_sku_key = models.CharField(max_length=64, editable=False)
    how = models.CharField(max_length=10, choices=How.choices, default=How.AUTOMATIC)
    is_tracked = models.BooleanField(default=True, help_text="Whether the shop counts its stock.")
    name = models.CharField(max_length=255, blank=True)
    price = models.DecimalField(max_digits=22, decimal_places=4, null=True)

    class Meta:
        verbose_name = "SKU mapping"
        constraints = [
            models.UniqueConstraint(fields=["connection", "item_key"], name="mapping_of_item_once"),
            models.UniqueConstraint(fields=["connection", "sku_key"], name="mapping_of_sku_once"),
            models.CheckConstraint(condition=Q(how__in=("automatic", "manual")), name="mapping_how_is_known"),
        ]
        indexes = [models.Index(fields=["connection", "erp_sku_key"], name="mapping_by_erp_sku")]

    def __str__(self) -> str:
        return f"{self.sku} = {self.erp_sku}"


class StockCache(models.Model):
    """A cell of stock: of an item of a shop at a location, what was seen there, wanted, written and acknowledged.

    `rule` is what decided on the wanted figure (`stock.wanted`).
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="stock")
    sku = models.CharField(max_length=255, help_text="As the ERP calls it.")
    sku_key = models.CharField(max_length=64, editable=False)
    item_key = models.CharField(max_length=64, editable=False)
    location = models.CharField(max_length=100, blank=True, help_text="Blank where a shop has one stock.")
    seen = models.IntegerField(null=True)
    seen_at = models.DateTimeField(null=True)
    wanted = models.IntegerField(null=True)
    rule = models.CharField(max_length=20, blank=True)
    written = models.IntegerField(null=True)
    written_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    run = models.ForeignKey("SyncRun", null=True, on_delete=models.SET_NULL, related_name="cells")

    class Meta:
        verbose_name = "stock figure"
        constraints = [
            models.UniqueConstraint(fields=["connection", "item_key", "location"], name="stock_cell_once"),
            models.CheckConstraint(
                condition=Q(wanted__isnull=True) | Q(wanted__gte=0), name="stock_wanted_not_below_0"
            ),
        ]
        indexes = [models.Index(fields=["connection", "sku_key"], name="stock_by_sku")]

    def __str__(self) -> str:
        return f"{self.sku} at {self.location or 'the shop'}"
