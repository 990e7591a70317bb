"""A document as an answer of the API or a page of the back office."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes

# The `responses` of an endpoint that answers with one.
PDF = {(200, "application/pdf"): OpenApiTypes.BINARY}


def pdf(content: bytes, *, name: str) -> HttpResponse:
    """A PDF to show or to keep, called `name` when it is kept."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
