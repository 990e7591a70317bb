"""Orders with their lines, history and payments; shipping methods and tax rates."""

from orders.models.order import Order, OrderLine, OrderPayment, OrderStatusChange
from orders.models.rates import ShippingMethod, TaxRate

__all__ = ["Order", "OrderLine", "OrderPayment", "OrderStatusChange", "ShippingMethod", "TaxRate"]
