"""What happens to every request: its id, its canonical path, the API's error bodies and headers."""

import structlog
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from core.api.errors import Failure
from core.api.faces import face_at
from core.web.answers import GetResponse, error_response

PLAIN_PREFIXES = ("/health/", "/webhooks/")


def is_plain(path: str) -> bool:
    """Whether this is no page, and so has the same answer with and without a trailing slash."""
    return path.startswith(PLAIN_PREFIXES) or face_at(path) is not None


def canonical_path(get_response: GetResponse) -> GetResponse:
    """Let every route answer with and without a trailing slash, for every method and without a redirect."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.endswith("/") and is_plain(request.path_info):
            request.path_info = request.path_info[:-1]
            request.path = request.path[:-1]
        return get_response(request)

    return middleware


def request_id_header(get_response: GetResponse) -> GetResponse:
    """Answer with the id under which the request stands in the logs."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request_id = structlog.contextvars.get_contextvars().get("request_id", "")
        response = get_response(request)
        response["X-Request-ID"] = "".join(c for c in request_id if c.isprintable() and c.isascii())[:100]
        return response

    return middleware


def api_answers(get_response: GetResponse) -> GetResponse:
    """Give API clients JSON errors even from outside the API's views, and keep private answers out of caches."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        face = face_at(request.path_info)
        if face is None:
            return response
        if response.status_code >= 400 and not is_json(response):
            response = error_response(face, Failure(response.status_code))
        if "Authorization" in request.headers or response.cookies:
            add_never_cache_headers(response)
        return response

    return middleware


def is_json(response: HttpResponseBase) -> bool:
    """Whether the answer is JSON already."""
    return "json" in response.get("Content-Type", "")
