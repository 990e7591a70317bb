"""The first page of the back office, with what waits for somebody among the rentals."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from orders.admin.dashboard import page as orders_page
from rentals.dashboard import rental_figures


def page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of admin/index.html, with the figures of orders and rentals."""
    return {**orders_page(request, context), "rentals": rental_figures(today=timezone.localdate())}
