"""Which web pages may call an API from a browser."""

from urllib.parse import SplitResult

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest

from core.api.faces import face_at


class FaceCors(CorsMiddleware):
    """The headers of django-cors-headers on every answer of a face, for the origins of that face and no other's."""

    def is_enabled(self, request: HttpRequest) -> bool:
        return face_at(request.path_info) is not None

    def origin_found_in_white_lists(self, origin: str, url: SplitResult) -> bool:
        """Never: the list depends on the face (`check_signal`, which alone is given the request)."""
        return False

    def check_signal(self, request: HttpRequest) -> bool:
        face = face_at(request.path_info)
        return face is not None and request.headers.get("Origin") in face.setting("cors_origins")
