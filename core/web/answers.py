"""Answers from outside of the API's views."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from core.api.faces import Face
from core.errors import DomainError

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def error_response(face: Face, refusal: DomainError) -> JsonResponse:
    """A refusal in the face's form."""
    return JsonResponse(face.form.error(refusal), status=refusal.status)
