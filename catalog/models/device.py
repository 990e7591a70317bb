"""Single devices: each piece of a serialised product, where it is and what became of it."""

from typing import Any, ClassVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from catalog.models.grade import Condition
from catalog.models.product import Product
from catalog.models.querysets import DeviceQuerySet
from core.money import ZERO, MoneyField
from core.states import Stateful, StatusChange, Transitions

# ASCII alone: MySQL's collations hold é and e for equal, and two devices must not share a serial.
SERIAL = r"\A[A-Z0-9][A-Z0-9._:/+#-]*\Z"
is_serial = RegexValidator(SERIAL, "A serial number has letters, digits and . _ : / + # - only.")


class Device(Stateful):
    """One piece, known by its serial number.

    The `inventory_count` of its product follows every change of status (`catalog.stock.follow_device`), so that it
    always equals the number of devices in stock. `catalog.devices` has the verbs; they lock the product before its
    devices.
    """

    class Status(models.TextChoices):
        IN_STOCK = "in_stock", "In stock"
        RESERVED = "reserved", "Reserved"
        SOLD = "sold", "Sold"
        RENTED = "rented", "Rented"
        RETURNED = "returned", "Returned"
        IN_REPAIR = "in_repair", "In repair"
        RETIRED = "retired", "Retired"

    TRANSITIONS: ClassVar[Transitions] = {
        Status.IN_STOCK: frozenset({Status.RESERVED, Status.IN_REPAIR, Status.RETIRED}),
        Status.RESERVED: frozenset({Status.IN_STOCK, Status.SOLD, Status.RENTED}),
        Status.SOLD: frozenset({Status.RETURNED}),
        Status.RENTED: frozenset({Status.RETURNED, Status.SOLD}),
        Status.RETURNED: frozenset({Status.IN_STOCK, Status.IN_REPAIR, Status.RETIRED}),
        Status.IN_REPAIR: frozenset({Status.IN_STOCK, Status.RETIRED}),
        Status.RETIRED: frozenset({Status.IN_STOCK}),
    }
    LABEL = "The device"
    reference = ""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="devices")
    serial = models.CharField("serial number", max_length=64, unique=True, validators=[is_serial])
    grade = models.CharField(max_length=20, choices=Condition.choices)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.IN_STOCK, editable=False)
    cost = MoneyField(null=True, blank=True, validators=[MinValueValidator(ZERO)], help_text="What the shop paid.")
    notes = models.TextField(blank=True, max_length=2000)
    created_at = models.DateTimeField("received", auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(serial=Upper("serial")) & ~Q(serial=""), name="device_serial_upper"),
            models.CheckConstraint(condition=Q(grade__in=Condition.values), name="device_grade_is_known"),
            models.CheckConstraint(
                condition=Q(
                    status__in=("in_stock", "reserved", "sold", "rented", "returned", "in_repair", "retired")
                ),
                name="device_status_is_known",
            ),
            models.CheckConstraint(condition=Q(cost__isnull=True) | Q(cost__gte=0), name="device_cost_not_negative"),
        ]
        indexes = [models.Index(fields=["product", "status", "id"], name="device_on_shelf")]

    def __str__(self) -> str:
        return self.serial

    def move_to(self, status: str, *, by: Any = None, note: str = "", reference: str = "") -> bool:
        """As every Stateful; the movement of stock that this causes names `reference` (`order:5`), or the device."""
        self.reference = reference
        return super().move_to(status, by=by, note=note)


class DeviceStatusChange(StatusChange):
    """A step in a device's life."""

    subject = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="status_history")

    @property
    def label(self) -> str:
        return str(Device.Status(self.status).label)


class DeviceHold(models.Model):
    """Who has the device while it is reserved, sold or rented: one at most, since a device has one row here.

    `held_by` names the order or contract as `order:5` or `rental:7`.
    """

    device = models.OneToOneField(Device, on_delete=models.PROTECT, related_name="hold")
    held_by = models.CharField(max_length=40, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(held_by=""), name="device_holder_is_named")]

    def __str__(self) -> str:
        return f"{self.device_id} for {self.held_by}"
