"""The face of a request, as far as its sign-in differs."""

from django.conf import settings
from django.http import HttpRequest


def face_of(request: HttpRequest) -> str:
    """The name of the face that the path belongs to."""
    return "events" if request.path_info.startswith("/events/") else "shop"


def cookie_path(face: str) -> str:
    """Where browsers send the cookie of this face."""
    return "/events" if face == "events" else "/api"


def origins_of(face: str) -> list[str]:
    """The sites whose pages may use the cookie of this face."""
    return list(getattr(settings, "EVENTS_CORS_ORIGINS", []) if face == "events" else settings.CORS_ALLOWED_ORIGINS)
