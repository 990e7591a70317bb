"""What orders show on the first page: today, the month, what waits for staff, and the newest."""

from typing import Any

from django.utils import timezone

from core.admin.dashboard import Widget, register
from orders import dashboard


def figures() -> dict[str, Any]:
    """Orders that wait, and what was earned on each of 30 days, today, and in all of them."""
    today = timezone.localdate()
    days = dashboard.revenue_by_day(today=today)
    revenue = {"days": days, "revenue_today": days[-1].revenue, "revenue_month": sum(day.revenue for day in days)}
    return {**dashboard.order_figures(today=today), **revenue}


register(
    Widget("tiles", 100, "admin/orders/tiles.html", figures),
    Widget("full", 100, "admin/orders/revenue.html", figures),
    Widget("wide", 100, "admin/orders/newest.html", lambda: {"newest": dashboard.newest_orders()}),
)
