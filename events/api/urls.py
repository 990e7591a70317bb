"""The calls of the box office, below each of its mounts."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("events.api.auth.urls")),
    path("", include("events.api.tickets.urls")),
    path("", include("events.api.partners.urls")),
]
