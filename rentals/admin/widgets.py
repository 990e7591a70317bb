"""What rentals show on the first page: what is due, late, to ship and to check in."""

from django.utils import timezone

from core.admin.dashboard import Widget, register
from rentals.dashboard import rental_figures

register(
    Widget("tiles", 200, "admin/rentals/tiles.html", lambda: {"rentals": rental_figures(today=timezone.localdate())})
)
