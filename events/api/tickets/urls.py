"""The addresses of the calls about tickets."""

from django.urls import URLPattern, URLResolver, path

from core.api.viewsets import Router
from events.api.tickets.gates import CheckInKeysViewSet, CheckInListViewSet
from events.api.tickets.viewsets import AcceptTransfer, TicketViewSet, UserTicketViewSet, WaitingList

router = Router()
router.register("tickets", TicketViewSet, basename="tickets")
router.register("user/tickets", UserTicketViewSet, basename="user_tickets")
router.register("check-in/keys", CheckInKeysViewSet, basename="check_in_keys")
router.register("check-in/lists", CheckInListViewSet, basename="check_in_lists")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("transfers/<str:token>/accept", AcceptTransfer.as_view()),
    path("events/<id:pk>/waiting-list", WaitingList.as_view()),
]
