"""An order: what was bought, at which prices, where it goes and what became of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, prefetch_related_objects
from django.db.models.functions import Round
from django.utils import timezone

from accounts.models import Address
from catalog.models import Product
from core.money import ZERO, CurrencyField, MoneyField
from core.states import StatusChange, Transitions
from orders.managers import OrderQuerySet
from payments.models import Payment, Refund
from payments.payables import Payable, PaymentLink


class Order(Payable):
    """Prices, names and addresses are copies: what was agreed stays, whatever changes later."""

    class Status(models.TextChoices):
        """Where the order stands."""

        PENDING = "pending", "Pending"
        PROCESSING = "processing", "Processing"
        SHIPPED = "shipped", "Shipped"
        DELIVERED = "delivered", "Delivered"
        CANCELLED = "cancelled", "Cancelled"

    class PaymentStatus(models.TextChoices):
        """Where its money stands."""

        PENDING = "pending", "Pending"
        PAID = "paid", "Paid"
        PARTIALLY_REFUNDED = "partially_refunded", "Partially refunded"
        REFUNDED = "refunded", "Refunded"
        FAILED = "failed", "Failed"

    TRANSITIONS: ClassVar[Transitions] = {
        Status.PENDING: frozenset({Status.PROCESSING, Status.CANCELLED}),
        Status.PROCESSING: frozenset({Status.SHIPPED, Status.CANCELLED}),
        Status.SHIPPED: frozenset({Status.DELIVERED}),
        Status.DELIVERED: frozenset(),
        Status.CANCELLED: frozenset(),
    }
    LABEL = "The order"
    NAME = "order"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING, editable=False)
    payment_status = models.CharField(
        max_length=20, choices=PaymentStatus.choices, default=PaymentStatus.PENDING, editable=False
    )
    currency = CurrencyField()
    subtotal = MoneyField()
    shipping_total = MoneyField(default=ZERO)
    tax_total = MoneyField(default=ZERO)
    total = MoneyField()
    shipping_method = models.CharField(max_length=50)
    shipping_address_ref = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    billing_address_ref = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    shipping_address = models.JSONField()
    billing_address = models.JSONField()
    carrier = models.CharField(max_length=100, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    notes = models.TextField(blank=True)
    order_date = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                # Rounded, since SQLite adds amounts as floats; MySQL's decimals are exact anyway.
                condition=Q(total=Round(F("subtotal") + F("shipping_total") + F("tax_total"), 2)),
                name="order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(subtotal__gte=0, shipping_total__gte=0, tax_total__gte=0), name="order_amounts_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="order_of_user"),
            models.Index(fields=["status", "order_date"], name="order_by_status"),
            models.Index(fields=["updated_at", "id"], name="order_by_change"),
        ]

    def __str__(self) -> str:
        return f"Order #{self.pk}"

    @property
    def is_unpaid(self) -> bool:
        """Whether money is still to come."""
        return self.payment_status in (self.PaymentStatus.PENDING, self.PaymentStatus.FAILED)

    @property
    def can_be_paid(self) -> bool:
        """Whether a payment would be taken now."""
        return self.is_unpaid and self.status in (self.Status.PENDING, self.Status.PROCESSING)

    @property
    def takes_money(self) -> bool:
        """Whether money that arrives is counted: it may be late for an order that was shipped on trust."""
        return self.is_unpaid and self.status != self.Status.CANCELLED

    @property
    def waits_for_money(self) -> bool:
        """Whether nothing happened since it was placed: its hold on the stock may expire."""
        return self.is_unpaid and self.status == self.Status.PENDING

    def quantities(self) -> dict[int, int]:
        """How many pieces of which product it holds: what came back to the shelf is not among them."""
        return {line.product_id: line.quantity - line.restocked_quantity for line in self.lines.all()}

    def add_lines(self, lines: list["OrderLine"]) -> None:
        """Save the lines of a new order, and read them once for whoever asks for them from here on."""
        OrderLine.objects.bulk_create(lines)
        prefetch_related_objects([self], "lines")

    def set_payment_status(self, status: str) -> None:
        """Write where the money stands; the caller holds the row's lock."""
        self.payment_status = status
        self.save(update_fields=["payment_status", "updated_at"])

    @property
    def all_payments(self) -> list[Payment]:
        """Its payments, of what `with_details` read."""
        return [link.payment for link in self.order_payments.all()]

    @property
    def all_refunds(self) -> list[Refund]:
        """The refunds of its payments, of what `with_details` read."""
        return [refund for payment in self.all_payments for refund in payment.refunds.all()]

    @property
    def invoice_number(self) -> str | None:
        """The number of its invoice, of what `with_details` read."""
        invoices = (getattr(payment, "invoice", None) for payment in self.all_payments)
        return next((invoice.number for invoice in invoices if invoice), None)


class OrderLine(models.Model):
    """One product of an order, with the name, SKU and price of that day, and later what was shipped."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="order_lines")
    product_name = models.CharField(max_length=200)
    sku = models.CharField(max_length=64)
    image_url = models.CharField(max_length=500, blank=True)
    price = MoneyField()
    quantity = models.PositiveIntegerField()
    subtotal = MoneyField()
    serials = models.JSONField(default=list, blank=True, help_text="Of the devices that were shipped.")
    # How many pieces staff gave the price back of, and how many of them are on the shelf again.
    refunded_quantity = models.PositiveIntegerField(default=0, editable=False)
    restocked_quantity = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "product"], name="order_product_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_quantity_positive"),
            models.CheckConstraint(condition=Q(price__gte=0), name="order_price_not_negative"),
            models.CheckConstraint(
                condition=Q(subtotal=Round(F("price") * F("quantity"), 2)), name="order_line_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(refunded_quantity__lte=F("quantity")), name="order_line_refunded_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(restocked_quantity__lte=F("quantity")), name="order_line_restocked_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product_name}"

    @property
    def refundable_quantity(self) -> int:
        """Of how many pieces the price can still go back."""
        return self.quantity - self.refunded_quantity


class OrderStatusChange(StatusChange):
    """A step in an order's life."""

    subject = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="status_history")


class OrderPayment(PaymentLink):
    """What ties a payment to the order that it pays."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="order_payments")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="order_payment")

    def __str__(self) -> str:
        return f"{self.payment} for order #{self.order_id}"
