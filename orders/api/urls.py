"""The addresses of orders."""

from core.api.viewsets import Router
from orders.api.viewsets import OrderViewSet

router = Router()
router.register("orders", OrderViewSet, basename="orders")
urlpatterns = router.urls
