"""A customer's orders on the customer's page."""

from django.contrib import admin
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.admin.users import show_with_customer
from core.admin.badges import amount_with_currency, badge, link
from core.admin.base import ReadOnlyInline
from orders.models import Order


class OrderInline(ReadOnlyInline):
    """Orders, newest first, ten at a time."""

    model = Order
    fields = ["number", "order_date", "total_label", "status_label", "payment_label"]
    per_page = 10
    tab = True
    hide_title = True

    @admin.display(description="Order")
    def number(self, order: Order) -> SafeString:
        return link(reverse("admin:orders_order_change", args=[order.pk]), f"#{order.pk}")

    @admin.display(description="Total")
    def total_label(self, order: Order) -> str:
        return amount_with_currency(order.total, order.currency)

    @admin.display(description="Status")
    def status_label(self, order: Order) -> SafeString:
        return badge(order.status, order.get_status_display())

    @admin.display(description="Payment")
    def payment_label(self, order: Order) -> SafeString:
        return badge(order.payment_status, order.get_payment_status_display())


show_with_customer(OrderInline)
