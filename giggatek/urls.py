"""Every address; the only module that sees all apps."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.urls.resolvers import URLPattern, URLResolver
from django.views.generic import RedirectView

from core.api.faces import SHOP
from core.api.mounts import document_urls, mounted
from core.api.unknown import UnknownRoute
from core.web import health
from events.api.face import EVENTS
from events.waiting_page import LeaveWaitingList
from notifications.api.views import TrackingWebhook, Unsubscribe
from payments.api.urls import legacy_urlpatterns
from storesync.api.face import HUB

api: list[URLPattern | URLResolver] = [
    *document_urls(SHOP, url_name="schema"),
    path("", include("accounts.api.urls")),
    path("", include("catalog.api.urls")),
    path("", include("payments.api.urls")),
    path("", include("orders.api.urls")),
    path("", include("rentals.api.urls")),
    path("", include("notifications.api.urls")),
    re_path(r"^.*$", UnknownRoute.as_view()),
]

box_office: list[URLPattern | URLResolver] = [
    path("", include("events.api.urls")),
    path("", include("notifications.api.box_office")),
]

hub: list[URLPattern | URLResolver] = [path("", include("storesync.api.urls"))]

urlpatterns = [
    # Whoever opens the bare address wants to know what is here.
    path("", RedirectView.as_view(pattern_name="docs"), name="home"),
    path("health", health.alive, name="health"),
    path("health/ready", health.ready, name="ready"),
    path("api/v1/", include((api, "v1"))),
    path("api/", include(api)),
    path("api", UnknownRoute.as_view()),
    path("payment/", include(legacy_urlpatterns)),
    path("", include("catalog.demo.pictures.urls")),
    path("unsubscribe/<str:token>", Unsubscribe.as_view(), name="unsubscribe"),
    path("waiting-list/<str:token>", LeaveWaitingList.as_view(), name="leave_waiting_list"),
    path("webhooks/mail/<slug:provider>", TrackingWebhook.as_view(), name="mail_tracking"),
    *mounted(EVENTS, box_office),
    *mounted(HUB, hub),
    path("admin/", include("giggatek.admin_urls")),
    path("admin/", admin.site.urls),
]
