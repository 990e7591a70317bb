"""The first page of the back office."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from orders import dashboard


def page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of admin/index.html, with the figures."""
    today = timezone.localdate()
    days = dashboard.revenue_by_day(today=today)
    return {
        **context,
        **dashboard.order_figures(today=today),
        "title": "Dashboard",
        "stock": dashboard.stock_figures(),
        "days": days,
        "revenue_today": days[-1].revenue,
        "revenue_month": sum(day.revenue for day in days),
        "low_stock": dashboard.low_stock(),
        "out_of_stock": dashboard.out_of_stock(),
        "newest": dashboard.newest_orders(),
        "currency": settings.CURRENCY,
    }
