"""What orders show on the first page: today, the month, what waits for somebody, and the newest."""

from typing import Any

from django.utils import timezone

from core.admin.dashboard import Widget, register
from orders import dashboard


def revenue() -> dict[str, Any]:
    """What was earned on each of 30 days, today, and in all of them."""
    days = dashboard.revenue_by_day(today=timezone.localdate())
    return {"days": days, "revenue_today": days[-1].revenue, "revenue_month": sum(day.revenue for day in days)}


def tiles() -> dict[str, Any]:
    return {**dashboard.order_figures(today=timezone.localdate()), **revenue()}


register(
    Widget("tiles", 100, "admin/orders/tiles.html", tiles),
    Widget("full", 100, "admin/orders/revenue.html", revenue),
    Widget("wide", 100, "admin/orders/newest.html", lambda: {"newest": dashboard.newest_orders()}),
)
