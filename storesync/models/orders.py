"""What shops tell us, their orders, and the sales that these became in the ERP."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from core.encryption import EncryptedTextField
from core.inbox import InboxItem, InboxQuerySet
from core.states import Stateful, StatusChange, Transitions
from storesync.models.connection import Connection

RETRY_AFTER = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
# Longer than one try of a call may take, and the wait before it: each try of a call for an order renews its lease.
LEASE = timedelta(minutes=3)


class DeliveryQuerySet(InboxQuerySet["Delivery"]):
    """Questions about the inbox."""


class Delivery(InboxItem):
    """A webhook of a shop. Its bytes are sealed as they came (in Base64), and removed after SYNC_PAYLOAD_DAYS."""

    LEASE = LEASE
    RETRY_AFTER = RETRY_AFTER

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="deliveries")
    topic = models.CharField(max_length=100)
    event_key = models.CharField(max_length=64, editable=False)
    payload = EncryptedTextField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta(InboxItem.Meta):
        abstract = False
        verbose_name = "store webhook"
        constraints = [models.UniqueConstraint(fields=["connection", "event_key"], name="delivery_once")]
        indexes = [
            models.Index(fields=["status", "next_attempt_at"], name="delivery_due"),
            models.Index(fields=["received_at"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"


class StoreOrder(Stateful):
    """An order of a shop, as its newest version says it.

    `content` is what was read of it (`sales.reading`): lines and sums, and nothing about the buyer. It is in one
    worker's hands at a time: `claimed_until` is a lease, never a lock that is held over the network. `dismissed_at`
    is whether it is shown, `settled_at` whether a person took care of it, so that none of our own sells it.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RESERVED = "reserved", "Being sent"
        SENT = "sent", "Sold"
        RETURNED = "returned", "Returned"
        BLOCKED = "blocked", "Blocked"
        IGNORED = "ignored", "Ignored"

    TRANSITIONS: ClassVar[Transitions] = {
        Status.WAITING: frozenset({Status.RESERVED, Status.BLOCKED, Status.IGNORED}),
        # Back to waiting when the ERP surely has not got it.
        Status.RESERVED: frozenset({Status.SENT, Status.WAITING}),
        Status.SENT: frozenset({Status.RETURNED}),
        # Blocked when it was opened again after that, until it is all back once more.
        Status.RETURNED: frozenset({Status.BLOCKED}),
        Status.BLOCKED: frozenset({Status.WAITING, Status.RESERVED, Status.RETURNED, Status.IGNORED}),
        Status.IGNORED: frozenset({Status.WAITING, Status.BLOCKED}),
    }
    LABEL = "The order"

    # What this worker's claim wrote: `claimed_until` is read anew with the row, and may be another's by then.
    held_until: datetime | None = None

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="orders")
    order_id = models.CharField(max_length=100)
    number = models.CharField(max_length=100, blank=True)
    version = models.DateTimeField(null=True, help_text="When the shop last changed it, as far as we know.")
    ordered_at = models.DateTimeField(null=True)
    is_paid = models.BooleanField(default=False)
    is_cancelled = models.BooleanField(default=False)
    is_oversold = models.BooleanField(default=False)
    is_exempt = models.BooleanField(
        default=False, help_text="Never sold by us: a test, or paid before the shop was connected."
    )
    content = models.JSONField(default=dict, editable=False)
    problems = models.JSONField(default=list, blank=True, editable=False)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.WAITING, editable=False)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    dismissed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "order_id"], name="store_order_once"),
            models.CheckConstraint(
                condition=Q(status__in=("waiting", "reserved", "sent", "returned", "blocked", "ignored")),
                name="store_order_status_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["connection", "next_attempt_at"], name="store_order_due"),
            models.Index(fields=["connection", "status"], name="store_order_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.connection} {self.number or self.order_id}"

    @property
    def is_settled_by_hand(self) -> bool:
        """Whether a person took care of it, and has not had it tried again since; not where the ERP may have ours."""
        in_erp = (self.Status.RESERVED, self.Status.SENT, self.Status.RETURNED)
        return self.settled_at is not None and self.status not in in_erp

    @property
    def is_left(self) -> bool:
        """Whether there is something to do that nobody does, since its shop was disconnected."""
        is_due = self.next_attempt_at is not None and self.status != self.Status.RESERVED
        return is_due and self.connection.status == Connection.Status.REMOVED


class OrderPieces(models.Model):
    """How many pieces of a SKU, as the shop calls it, an order takes; none of what is back (`stock.reserved`)."""

    order = models.ForeignKey(StoreOrder, on_delete=models.CASCADE, related_name="pieces")
    sku = models.CharField(max_length=255)
    sku_key = models.CharField(max_length=64, editable=False)
    quantity = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "sku_key"], name="order_pieces_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_pieces_takes_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"


class StoreOrderStatusChange(StatusChange):
    """A step in an order's life."""

    subject = models.ForeignKey(StoreOrder, on_delete=models.CASCADE, related_name="status_history")


class ErpSale(models.Model):
    """The sale that an order became: written with its invoice number before the ERP is asked for it.

    It stays with the ERP that was asked (`ErpConfig.account`), also when the user connects another.
    """

    order = models.OneToOneField(StoreOrder, on_delete=models.PROTECT, related_name="sale")
    invoice_number = models.CharField(max_length=150)
    account = models.CharField(max_length=300, editable=False, help_text="Which ERP has it.")
    erp_id = models.PositiveBigIntegerField(null=True, help_text="The ERP's id; none until it has answered.")
    day = models.DateField(help_text="Of the order, in the shop's own time.")
    total = models.DecimalField(max_digits=22, decimal_places=4)
    erp_total = models.DecimalField(max_digits=22, decimal_places=4, null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "ERP sale"
        constraints = [
            models.CheckConstraint(condition=~Q(account=""), name="erp_sale_is_in_an_erp"),
            models.CheckConstraint(
                condition=Q(erp_id__isnull=True, confirmed_at__isnull=True)
                | Q(erp_id__isnull=False, confirmed_at__isnull=False),
                name="erp_sale_confirmed_with_its_id",
            ),
        ]
        indexes = [models.Index(fields=["confirmed_at"], name="erp_sale_by_confirmation")]

    def __str__(self) -> str:
        return self.invoice_number


class ErpSaleLine(models.Model):
    """A line of a sale. `return_wanted` is written before the ERP is asked for a return, `returned` after."""

    sale = models.ForeignKey(ErpSale, on_delete=models.CASCADE, related_name="lines")
    line_id = models.CharField(max_length=100, help_text="The shop's id of the line.")
    sell_line_id = models.PositiveBigIntegerField(null=True)
    sku = models.CharField(max_length=255)
    product_id = models.PositiveBigIntegerField()
    variation_id = models.PositiveBigIntegerField()
    quantity = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=22, decimal_places=4)
    return_wanted = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sale", "line_id"], name="erp_sale_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="erp_sale_line_sells_something"),
            models.CheckConstraint(
                condition=Q(return_wanted__lte=F("quantity"), returned__lte=F("return_wanted")),
                name="erp_sale_line_not_over_returned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"
