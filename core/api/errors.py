"""The one place that turns exceptions into the error body of the face that is asked."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.api.faces import face_of
from core.db import is_gone
from core.errors import ChangedMeanwhile, DomainError, InvalidInput, NotAuthenticated, NotFound, PermissionRefused

logger = logging.getLogger(__name__)

# What Django and DRF raise in the words of our own refusals.
REFUSALS: dict[type[Exception], type[DomainError]] = {
    Http404: NotFound,
    PermissionDenied: PermissionRefused,
    exceptions.NotAuthenticated: NotAuthenticated,
}


class Failure(DomainError):
    """What a framework refuses: an HTTP status, in its own words unless there are better ones."""

    def __init__(
        self, status: int, message: str | None = None, *, code: str = "", retry_after: int | None = None
    ) -> None:
        phrase = HTTPStatus(status).phrase
        super().__init__(message or phrase, retry_after=retry_after)
        self.status = status
        self.code = code or phrase.lower().replace(" ", "_")


class Unexpected(DomainError):
    """Our mistake; the answer says nothing about the inside."""

    status = 500
    code = "server_error"
    message = "Something went wrong on our side."


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: every exception of a view becomes JSON, an unknown one a logged 500."""
    set_rollback()
    refusal = refusal_of(error)
    if isinstance(refusal, Unexpected):
        report(error, context)
    elif isinstance(refusal, ChangedMeanwhile):  # a mistake of ours looks the same
        logger.warning("A row was gone at %s", context["request"].path, exc_info=error)
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    form = face_of(context["request"]).form
    return Response(form.error(refusal), status=refusal.status, headers=headers)


def refusal_of(error: Exception) -> DomainError:
    """The refusal that an exception stands for."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return wrong_fields(error)
    if is_gone(error):
        return ChangedMeanwhile()
    if known := next((refusal for kind, refusal in REFUSALS.items() if isinstance(error, kind)), None):
        return known()
    return of_framework(error) if isinstance(error, exceptions.APIException) else Unexpected()


def wrong_fields(error: exceptions.ValidationError) -> InvalidInput:
    """400; the text names the first wrong field, `details` lists them all."""
    details = dict(flatten(error.detail))
    field, messages = next(iter(details.items()))
    return InvalidInput(messages[0] if field == "body" else f"{field}: {messages[0]}", details=details)


def flatten(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """DRF's nested error detail as pairs of a path such as `items[0].quantity` and its messages."""
    for key, value in nested(detail):
        yield from flatten(value, below(path, key))
    if not nested(detail):
        yield path or "body", [text_of(item) for item in (detail if isinstance(detail, list) else [detail])]


def text_of(message: Any) -> str:
    """A message as text; DRF's own keeps the code that says which rule was broken."""
    return message if isinstance(message, exceptions.ErrorDetail) else str(message)


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


def of_framework(error: exceptions.APIException) -> Failure:
    """DRF's own refusals: unparsable JSON, wrong method or media type, no token, too many requests."""
    detail = error.detail if not isinstance(error.detail, list | dict) else str(error)
    wait = getattr(error, "wait", None)
    code = getattr(error.detail, "code", error.default_code)
    return Failure(error.status_code, str(detail), code=str(code), retry_after=int(wait) + 1 if wait else None)


def report(error: Exception, context: dict[str, Any]) -> None:
    """Write the whole of an unexpected error to the log."""
    request = context["request"]._request
    logger.error("Unexpected error at %s %s", request.method, request.path, exc_info=error)
    got_request_exception.send(sender=None, request=request)
