"""The lines of orders in the side bar, the colours of their statuses, and where one of them is shown."""

from catalog.admin import references
from core.admin import badges
from core.admin.sidebar import Entry, register

register(
    Entry("Sales", 100, "Orders", "receipt_long", "orders.order"),
    Entry("Settings", 800, "Shipping methods", "local_shipping", "orders.shippingmethod"),
    Entry("Settings", 810, "Tax rates", "percent", "orders.taxrate"),
)
badges.register(
    pending="warning",
    processing="info",
    shipped="primary",
    delivered="success",
    cancelled="danger",
    paid="success",
    partially_refunded="info",
    refunded="info",
    failed="danger",
)
references.register(order="admin:orders_order_change")
