"""The calls of the box office, below each of its mounts."""

from django.urls import URLPattern, URLResolver, include, path

from core.api.viewsets import Router

router = Router()

urlpatterns: list[URLPattern | URLResolver] = [path("", include(router.urls))]
