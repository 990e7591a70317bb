"""Orders, shipping methods and tax rates in the back office."""

from orders.admin import customers, orders, rates, sidebar, widgets

__all__ = ["customers", "orders", "rates", "sidebar", "widgets"]
