"""In what form answers, pages and errors are written, and how the OpenAPI document shows it."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from core.api.pagination import PageShape, Place
from core.api.shapes import Shape
from core.errors import DomainError

Schema = dict[str, Any]


class ErrorShape(Shape):
    """The body of every error."""

    error = serializers.CharField(help_text="What is wrong, in a sentence for people.")
    status = serializers.IntegerField(help_text="The HTTP status.")
    message = serializers.CharField(help_text="The same as `error`.")
    code = serializers.CharField(help_text="What is wrong, in a stable word for programs.")
    details = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="For each wrong field, by its path in the body, what is wrong with it.",
    )


class Form:
    """The plain form: an answer is what its shape says, and nothing is put around it."""

    error_shape: type[Shape] = ErrorShape
    wraps = False

    def error(self, refusal: DomainError) -> dict[str, Any]:
        """The body of a refusal, as `error_shape` declares it."""
        message = refusal.message
        body = {"error": message, "status": refusal.status, "message": message, "code": refusal.code}
        return {**body, "details": refusal.details} if refusal.details else body

    def answer(self, data: dict[str, Any], message: str) -> dict[str, Any]:
        """An object, with a sentence for people where the form has a place for it."""
        return data

    def page(self, shape: type[PageShape], rows: Iterable[Any], place: Place, message: str) -> dict[str, Any]:
        """A page of rows and where it stands."""
        return shape.of({shape.rows_name(): rows, "pagination": place.as_pagination()})

    def answer_schema(self, fields: Schema, data: Schema) -> Schema:
        """How the document shows `answer`: `data` is the shape's schema, or refers to it, `fields` its content."""
        return data

    def page_schema(self, name: str, rows: Schema) -> Schema:
        """How the document shows `page`, where the form wraps; `rows` is the schema of the list called `name`."""
        raise NotImplementedError


PLAIN = Form()
