"""What the store sync shows on the first page: orders that wait or are blocked, broken shops, drift in money."""

from typing import Any

from django.db.models import Count, Sum

from core.admin.dashboard import Widget, register
from core.money import ZERO
from storesync.health import STUCK
from storesync.models import Connection, StoreOrder


def figures() -> dict[str, Any]:
    """Of all users."""
    orders = StoreOrder.objects.filter(dismissed_at=None, connection__in=Connection.objects.kept())
    statuses = Connection.objects.kept().aggregate(
        shops=Count("pk"), drift=Sum("drift_value"), cells=Sum("drift_count")
    )
    return {
        "waiting": orders.filter(next_attempt_at__isnull=False).count(),
        "blocked": orders.filter(STUCK).count(),
        "oversold": orders.filter(is_oversold=True).count(),
        "broken": Connection.objects.filter(status=Connection.Status.BROKEN).count(),
        "paused": Connection.objects.filter(status=Connection.Status.PAUSED).count(),
        "shops": statuses["shops"],
        "drift": statuses["drift"] or ZERO,
        "cells": statuses["cells"] or 0,
    }


register(Widget("tiles", 500, "admin/storesync/tiles.html", lambda: {"stores": figures()}))
