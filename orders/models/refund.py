"""What staff gave back of an order, beside the money: which pieces, their tax, the shipping."""

from django.db import models
from django.db.models import Q

from core.money import ZERO, MoneyField
from orders.models.order import Order, OrderLine
from payments.models import Refund


class OrderRefund(models.Model):
    """What a refund of an order's payment is made of; the money itself is the `Refund`.

    `tax_amount` and `shipping_amount` are the parts of it that are no goods. Money that goes back without staff
    choosing what for, such as all of a cancelled order's, has no row here.
    """

    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, related_name="order_refund")
    tax_amount = MoneyField(default=ZERO)
    shipping_amount = MoneyField(default=ZERO)
    # The order, when its shipping went back: a unique column, so that it does so once.
    shipping_of = models.OneToOneField(
        Order, null=True, editable=False, on_delete=models.PROTECT, related_name="shipping_refund"
    )
    restocked = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(tax_amount__gte=0, shipping_amount__gte=0), name="order_refund_parts_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"What {self.refund} is made of"


class OrderRefundLine(models.Model):
    """Pieces of a line whose price went back; `serials` are those of the devices that came back with it."""

    order_refund = models.ForeignKey(OrderRefund, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refund_lines")
    quantity = models.PositiveIntegerField()
    serials = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order_refund", "line"], name="refund_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="refund_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.line.product_name}"
