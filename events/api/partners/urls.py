"""The calls of partners."""

from django.urls import path

from events.api.partners.viewsets import PartnerViewSet

EVENT = "partners/events/<id:pk>"


urlpatterns = [
    path("partners/dashboard", PartnerViewSet.as_view({"get": "dashboard"})),
    path("partners/events", PartnerViewSet.as_view({"get": "list"})),
    path("partners/analytics", PartnerViewSet.as_view({"get": "analytics"})),
    path(f"{EVENT}/statement", PartnerViewSet.as_view({"get": "statement"})),
    path(f"{EVENT}/statement.csv", PartnerViewSet.as_view({"get": "statement_csv"})),
    path(f"{EVENT}/statement.pdf", PartnerViewSet.as_view({"get": "statement_pdf"})),
    path(f"{EVENT}/attendees.csv", PartnerViewSet.as_view({"get": "attendees"})),
]
