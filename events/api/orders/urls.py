"""The addresses of orders."""

from core.api.viewsets import Router
from events.api.orders.viewsets import TicketOrderViewSet

router = Router()
router.register("orders", TicketOrderViewSet, basename="ticket-orders")
urlpatterns = router.urls
