"""The addresses of the catalogue of events."""

from core.api.viewsets import Router
from events.api.catalogue import viewsets

router = Router()
router.register("events", viewsets.EventViewSet, basename="events")
router.register("ticket-types", viewsets.TicketTypeViewSet, basename="ticket-types")
router.register("categories", viewsets.CategoryViewSet, basename="categories")
router.register("venues", viewsets.VenueViewSet, basename="venues")
router.register("organizers", viewsets.OrganizerViewSet, basename="organizers")
router.register("favorites", viewsets.FavoriteViewSet, basename="favorites")
urlpatterns = router.urls
