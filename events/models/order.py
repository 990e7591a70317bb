"""Orders of tickets."""

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils import timezone

from core.money import ZERO, CurrencyField, MoneyField
from core.states import StatusChange, Transitions
from events.models.event import Event
from events.models.ticket_type import TicketType
from payments.models import Payment
from payments.payables import Payable, PaymentLink

CURRENCY = "NGN"


class Voucher(models.Model):
    """A code that takes something off the price, or opens a hidden ticket type."""

    class Kind(models.TextChoices):
        PERCENT = "percent", "Percent off"
        AMOUNT = "amount", "Amount off each ticket"
        UNLOCK = "unlock", "Opens a hidden ticket type"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="vouchers")
    code = models.CharField(max_length=40, help_text="Stored in capitals; however it is typed it is the same.")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = MoneyField(default=ZERO, help_text="Percent, or Naira off each ticket.")
    ticket_type = models.ForeignKey(
        TicketType, null=True, blank=True, on_delete=models.CASCADE, help_text="Empty: all types of the event."
    )
    max_uses = models.PositiveIntegerField(default=1)
    used = models.PositiveIntegerField(default=0, editable=False)
    valid_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "code"], name="voucher_code_once"),
            models.CheckConstraint(condition=Q(used__lte=F("max_uses")), name="voucher_not_overused"),
            models.CheckConstraint(
                condition=Q(kind__in=("percent", "amount", "unlock")), name="voucher_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0) & (~Q(kind="percent") | Q(value__lte=100)), name="voucher_value_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class TicketOrderQuerySet(models.QuerySet["TicketOrder"]):
    """Questions about ticket orders."""

    def visible_to(self, user: Any) -> "TicketOrderQuerySet":
        """The user's own."""
        return self.filter(user=user)

    def held(self) -> "TicketOrderQuerySet":
        """Unpaid ones that hold places."""
        return self.filter(status=TicketOrder.Status.PENDING)

    def expired(self, *, now: Any) -> "TicketOrderQuerySet":
        """Those whose hold was over at `now` and is still to be let go."""
        return self.held().filter(hold_until__lte=now)


class TicketOrder(Payable):
    """Tickets of one event for one buyer. While it is pending it holds places until `hold_until`.

    `reference` is what the buyer pays with: the intent of its payment, or a minted one when there is nothing to pay.
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        COMPLETED = "completed", "Completed"
        EXPIRED = "expired", "Expired"
        CANCELLED = "cancelled", "Cancelled"
        REFUNDED = "refunded", "Refunded"

    class PaymentStatus(models.TextChoices):
        PENDING = "pending", "Pending"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"
        REFUNDED = "refunded", "Refunded"

    TRANSITIONS: ClassVar[Transitions] = {
        Status.PENDING: frozenset({Status.COMPLETED, Status.EXPIRED, Status.CANCELLED}),
        Status.EXPIRED: frozenset({Status.COMPLETED, Status.REFUNDED}),
        Status.CANCELLED: frozenset({Status.COMPLETED, Status.REFUNDED}),
        Status.COMPLETED: frozenset({Status.REFUNDED}),
        Status.REFUNDED: frozenset(),
    }
    PAYMENT_STATUSES: ClassVar[dict[str, str]] = {
        Status.PENDING: PaymentStatus.PENDING,
        Status.COMPLETED: PaymentStatus.COMPLETED,
        Status.EXPIRED: PaymentStatus.FAILED,
        Status.CANCELLED: PaymentStatus.FAILED,
        Status.REFUNDED: PaymentStatus.REFUNDED,
    }
    LABEL = "The order"
    NAME = "ticket_order"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ticket_orders")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING, editable=False)
    reference = models.CharField(max_length=60, unique=True)
    total = MoneyField()
    currency = CurrencyField(default=CURRENCY)
    voucher = models.ForeignKey(Voucher, null=True, blank=True, on_delete=models.PROTECT, related_name="orders")
    contact_email = models.EmailField(max_length=254, blank=True)
    contact_name = models.CharField(max_length=150, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    hold_until = models.DateTimeField(null=True, editable=False, help_text="Empty when there was nothing to pay.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TicketOrderQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=0), name="ticket_order_total_not_negative"),
            models.CheckConstraint(
                condition=Q(status__in=("pending", "completed", "expired", "cancelled", "refunded")),
                name="ticket_order_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="pending") | Q(hold_until__isnull=False), name="ticket_order_hold_has_an_end"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="ticket_order_of_user"),
            models.Index(fields=["event", "status", "hold_until"], name="ticket_order_by_hold"),
            models.Index(fields=["status", "hold_until"], name="ticket_order_due"),
        ]

    def __str__(self) -> str:
        return f"Ticket order #{self.pk}"

    @property
    def payment_status(self) -> str:
        """Where its money stands, in the contract's words."""
        return self.PAYMENT_STATUSES[self.status]

    @property
    def payment_method(self) -> str | None:
        """`paystack`, or `free`."""
        return "paystack" if self.total else "free"

    @property
    def buyer_name(self) -> str:
        """Who ordered, as they called themselves."""
        return self.contact_name or str(self.user)

    @property
    def is_free(self) -> bool:
        """Whether there is nothing to pay."""
        return self.total == ZERO

    @property
    def is_held(self) -> bool:
        """Whether it still waits for its money and keeps its places."""
        return self.status == self.Status.PENDING and (self.hold_until or self.created_at) > timezone.now()

    def quantities(self) -> dict[TicketType, int]:
        """How many places of each type it takes."""
        lines = self.lines.select_related("ticket_type__quota", "ticket_type__shared_quota")
        return {line.ticket_type: line.quantity for line in lines}


class TicketOrderLine(models.Model):
    """Tickets of one type, with the name, price and fee of that day; the fee is our share of each ticket's price."""

    order = models.ForeignKey(TicketOrder, on_delete=models.CASCADE, related_name="lines")
    ticket_type = models.ForeignKey(TicketType, on_delete=models.PROTECT, related_name="order_lines")
    name = models.CharField(max_length=100)
    price = MoneyField()
    fee = MoneyField()
    quantity = models.PositiveSmallIntegerField()
    subtotal = MoneyField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "ticket_type"], name="ticket_order_type_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="ticket_line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(price__gte=0, fee__gte=0, fee__lte=F("price")), name="ticket_line_amounts_in_bounds"
            ),
            models.CheckConstraint(
                # Rounded, since SQLite multiplies amounts as floats; MySQL's decimals are exact anyway.
                condition=Q(subtotal=Round(F("price") * F("quantity"), 2)),
                name="ticket_line_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.name}"

    @property
    def fee_total(self) -> Decimal:
        """The fees of all its tickets."""
        return self.fee * self.quantity


class TicketOrderStatusChange(StatusChange):
    """A step in an order's life."""

    subject = models.ForeignKey(TicketOrder, on_delete=models.CASCADE, related_name="status_history")


class TicketOrderPayment(PaymentLink):
    """What ties a payment to the ticket order that it pays."""

    ticket_order = models.ForeignKey(TicketOrder, on_delete=models.PROTECT, related_name="ticket_order_payments")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="ticket_order_payment")

    def __str__(self) -> str:
        return f"{self.payment} for ticket order #{self.ticket_order_id}"
