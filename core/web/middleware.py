"""What happens to every request: its id, its canonical path, the API's error bodies and headers."""

from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import add_never_cache_headers

from core.api.errors import error_body
from core.errors import BodyTooLarge

GetResponse = Callable[[HttpRequest], HttpResponseBase]

API_PREFIXES = ("/api/", "/payment/")
PLAIN_PREFIXES = (*API_PREFIXES, "/health/", "/webhooks/")


def is_api(request: HttpRequest) -> bool:
    """Whether an API client is asking, who never wants HTML."""
    return f"{request.path_info}/".startswith(API_PREFIXES)


def canonical_path(get_response: GetResponse) -> GetResponse:
    """Let every route answer with and without a trailing slash, for every method and without a redirect."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(PLAIN_PREFIXES) and request.path_info.endswith("/"):
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
        if not is_api(request):
            return response
        if response.status_code >= 400 and not is_json(response):
            response = plain_error(response.status_code)
        if "Authorization" in request.headers or response.cookies:
            add_never_cache_headers(response)
        return response

    return middleware


def is_json(response: HttpResponseBase) -> bool:
    """Whether the answer is JSON already."""
    return "json" in response.get("Content-Type", "")


def plain_error(status: int) -> HttpResponse:
    """The contract's error body for a bare HTTP status."""
    phrase = HTTPStatus(status).phrase
    return JsonResponse(error_body(status, phrase, code=phrase.lower().replace(" ", "_")), status=status)


def body_limit(get_response: GetResponse) -> GetResponse:
    """Refuse a body that is larger than the API reads, before anybody reads it; chunks become a plain body."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not is_api(request):
            return get_response(request)
        try:
            join_chunks(request)
        except Exception:  # an edge: each server has its own word for chunks that are none, or that never came
            return plain_error(HTTPStatus.BAD_REQUEST)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.API_MAX_BODY:
            refusal = BodyTooLarge()
            return JsonResponse(error_body(refusal.status, refusal.message, code=refusal.code), status=413)
        return get_response(request)

    return middleware


def join_chunks(request: HttpRequest) -> None:
    """Give a body that came in chunks its length, without which Django takes it for empty.

    Reads at most one byte more than the API takes. Raises what the server raises.
    """
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower() and "wsgi.input" in request.META:
        body = request.META["wsgi.input"].read(settings.API_MAX_BODY + 1)
        request.META["CONTENT_LENGTH"] = str(len(body))
        request._stream = BytesIO(body)
