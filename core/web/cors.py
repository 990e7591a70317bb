"""Which web pages may call an API from a browser."""

from urllib.parse import SplitResult

from corsheaders.middleware import ACCESS_CONTROL_ALLOW_CREDENTIALS, CorsMiddleware
from django.http import HttpRequest, HttpResponseBase

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

    def add_response_headers(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """As django-cors-headers does, but cookies are allowed only where a face has one."""
        response = super().add_response_headers(request, response)
        face = face_at(request.path_info)
        if face and not face.cookie_path:
            del response[ACCESS_CONTROL_ALLOW_CREDENTIALS]
        return response
