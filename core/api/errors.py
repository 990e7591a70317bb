"""The one place that turns a refusal into the contract's error body."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.errors import Details, DomainError, NotAuthenticated, NotFound, PermissionRefused

logger = logging.getLogger(__name__)

# What Django and DRF raise in the words of our own refusals.
REFUSALS: dict[type[Exception], type[DomainError]] = {
    Http404: NotFound,
    PermissionDenied: PermissionRefused,
    exceptions.NotAuthenticated: NotAuthenticated,
}


def error_body(status: int, message: str, *, code: str, details: Details | None = None) -> dict[str, Any]:
    """The body of every error: `error`, `status`, `message`, `code`, and `details` when fields are wrong."""
    body: dict[str, Any] = {"error": message, "status": status, "message": message, "code": code}
    return {**body, "details": details} if details else body


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: every exception of a view becomes JSON, an unknown one a logged 500."""
    set_rollback()
    if refusal := as_refusal(error):
        return domain_response(refusal)
    if isinstance(error, exceptions.ValidationError):
        return validation_response(error)
    if isinstance(error, exceptions.APIException):
        return framework_response(error)
    return unexpected_response(error, context)


def respond(
    status: int, message: str, *, code: str, details: Details | None = None, retry_after: int | None = None
) -> Response:
    """A Response in the contract's error shape; `retry_after` is in seconds."""
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(error_body(status, message, code=code, details=details), status=status, headers=headers)


def as_refusal(error: Exception) -> DomainError | None:
    """The refusal that this exception stands for; None for any other kind."""
    if isinstance(error, DomainError):
        return error
    return next((refusal() for kind, refusal in REFUSALS.items() if isinstance(error, kind)), None)


def domain_response(error: DomainError) -> Response:
    """A refusal of the rules, in its own words; `Retry-After` when it says how long to wait."""
    return respond(error.status, error.message, code=error.code, details=error.details, retry_after=error.retry_after)


def validation_response(error: exceptions.ValidationError) -> Response:
    """400; the text names the first wrong field, `details` lists them all."""
    details = dict(flatten(error.detail))
    field, messages = next(iter(details.items()))
    text = messages[0] if field == "body" else f"{field}: {messages[0]}"
    return respond(400, text, code="invalid", details=details)


def flatten(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """DRF's nested error detail as pairs of a path such as `items[0].quantity` and its messages."""
    for key, value in nested(detail):
        yield from flatten(value, below(path, key))
    if not nested(detail):
        yield path or "body", [str(item) for item in (detail if isinstance(detail, list) else [detail])]


def nested(detail: Any) -> list[tuple[str | int, Any]]:
    """The parts of a detail that has parts; none for the messages of one field."""
    if isinstance(detail, Mapping):
        return list(detail.items())
    if isinstance(detail, list) and any(isinstance(item, Mapping | list) for item in detail):
        return [(index, item) for index, item in enumerate(detail) if item]
    return []


def below(path: str, key: str | int) -> str:
    """The path of what has this key below `path`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return path if key == "non_field_errors" else f"{path}.{key}".strip(".")


def framework_response(error: exceptions.APIException) -> Response:
    """DRF's own refusals: unparsable JSON, wrong method or media type, no token, too many requests."""
    detail = error.detail if not isinstance(error.detail, list | dict) else str(error)
    wait = getattr(error, "wait", None)
    code = getattr(error.detail, "code", error.default_code)
    return respond(error.status_code, str(detail), code=str(code), retry_after=int(wait) + 1 if wait else None)


def unexpected_response(error: Exception, context: dict[str, Any]) -> Response:
    """500 without a word about the inside; the whole of it goes to the log."""
    request = context["request"]._request
    logger.error("Unexpected error at %s %s", request.method, request.path, exc_info=error)
    got_request_exception.send(sender=None, request=request)
    return respond(500, "Something went wrong on our side.", code="server_error")
