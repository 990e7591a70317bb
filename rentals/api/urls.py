"""The addresses of rentals."""

from core.api.viewsets import Router
from rentals.api.viewsets import RentalViewSet

router = Router()
router.register("rentals", RentalViewSet, basename="rentals")
urlpatterns = router.urls
