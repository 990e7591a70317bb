"""Shipping methods and tax rates: an admin's to change, a manager's to read."""

from django.contrib import admin

from core.admin.base import ShopAdmin
from orders.models import ShippingMethod, TaxRate


@admin.register(ShippingMethod)
class ShippingMethodAdmin(ShopAdmin):
    """Ways to send an order. Orders keep the price of their day."""

    list_display = ["name", "code", "price", "is_active"]
    list_filter = ["is_active"]
    prepopulated_fields = {"code": ["name"]}


@admin.register(TaxRate)
class TaxRateAdmin(ShopAdmin):
    """Sales tax by destination. Orders keep the tax of their day."""

    list_display = ["country", "state_label", "percent", "is_active"]
    list_filter = ["country", "is_active"]
    search_fields = ["country", "state"]
    search_help_text = "Country or state"

    @admin.display(description="State", ordering="state")
    def state_label(self, rate: TaxRate) -> str:
        return rate.state or "Whole country"
