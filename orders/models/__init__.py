"""Orders with their lines, history, payments and refunds; shipping methods and tax rates."""

from orders.models.order import Order, OrderLine, OrderPayment, OrderStatusChange
from orders.models.rates import ShippingMethod, TaxRate
from orders.models.refund import OrderRefund, OrderRefundLine

__all__ = [
    "Order",
    "OrderLine",
    "OrderPayment",
    "OrderRefund",
    "OrderRefundLine",
    "OrderStatusChange",
    "ShippingMethod",
    "TaxRate",
]
