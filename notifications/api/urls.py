"""The addresses of notifications, and the same under the first clients' prefix."""

from django.urls import URLPattern, URLResolver, path

from core.api.viewsets import Router
from notifications.api.views import Preferences
from notifications.api.viewsets import EmailViewSet, NoticeViewSet


def addresses(prefix: str) -> list[URLPattern | URLResolver]:
    """All of them under the prefix."""
    router = Router()
    router.register(prefix, NoticeViewSet, basename="notifications")
    router.register(f"{prefix}/emails", EmailViewSet, basename="emails")
    return [path(f"{prefix}/preferences", Preferences.as_view()), *router.urls]


# settings.API_DEPRECATED_PREFIXES has the second one.
urlpatterns = [*addresses("notifications"), *addresses("user/notifications")]
