"""The calls of the box office, below each of its mounts."""

from django.urls import URLPattern, URLResolver, include, path

from events.api.webhooks import PaystackWebhook

urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks/paystack", PaystackWebhook.as_view()),
    path("", include("events.api.auth.urls")),
    path("", include("events.api.orders.urls")),
    path("", include("events.api.tickets.urls")),
    path("", include("events.api.partners.urls")),
    path("", include("events.api.catalogue.urls")),
]
