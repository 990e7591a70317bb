"""The enveloped form: `success`, `data` and `message` around each answer, codes of errors in upper case."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers

from core.api.forms import Form, Schema
from core.api.pagination import PageShape, Place
from core.api.shapes import Shape
from core.errors import Details, DomainError, InvalidInput

VALIDATION_ERROR = "VALIDATION_ERROR"
# Statuses that have one code, whatever was refused; all others keep the refusal's own.
CODES = {
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "REQUEST_ENTITY_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RATE_LIMITED",
    500: "INTERNAL_SERVER_ERROR",
}
BAD_LOGIN = {"wrong_credentials", "invalid_credentials"}
MALFORMED = {InvalidInput.code, "parse_error"}

CONSTRAINTS = {
    "required": "required",
    "null": "required",
    "blank": "required",
    "type": "type",
    "not_a_list": "type",
    "not_a_dict": "type",
    "email": "email",
    "min_length": "min_length",
    "empty": "min_length",
    "max_length": "max_length",
    "max_string_length": "max_length",
    "min_value": "min_value",
    "max_value": "max_value",
    "max_digits": "max_value",
    "max_whole_digits": "max_value",
    "invalid_choice": "choice",
}
ANYTHING_ELSE = "format"


class WrongFieldsShape(Shape):
    """Which fields are wrong."""

    field = serializers.CharField(help_text="The first wrong one, by its path in the body.")
    constraint = serializers.ChoiceField(
        choices=sorted({*CONSTRAINTS.values(), ANYTHING_ELSE}), help_text="What it does not keep to."
    )
    fields = serializers.DictField(  # type: ignore[assignment]  # the contract's key
        child=serializers.ListField(child=serializers.CharField()), help_text="What is wrong with each of them."
    )


class ErrorWordsShape(Shape):
    """What is wrong."""

    code = serializers.CharField(help_text="In a stable word for programs.")
    message = serializers.CharField(help_text="In a sentence for people.")
    details = WrongFieldsShape(required=False, help_text="The wrong fields, where any are.")


class EnvelopedErrorShape(Shape):
    """The body of every error."""

    success = serializers.BooleanField(help_text="false.")
    error = ErrorWordsShape(help_text="What is wrong.")
    message = serializers.CharField(help_text="The same as `error.message`.")
    status = serializers.IntegerField(help_text="The HTTP status.")


class Enveloped(Form):
    """An object stands at the top and once more in `data`; a page has its rows in `data.items` and by their name."""

    error_shape = EnvelopedErrorShape
    wraps = True

    def error(self, refusal: DomainError) -> dict[str, Any]:
        code, message = code_of(refusal), refusal.message
        error: dict[str, Any] = {"code": code, "message": message}
        if details := refusal.details or ({"body": [message]} if code == VALIDATION_ERROR else None):
            error["details"] = wrong_fields(details)
        return {"success": False, "error": error, "message": message, "status": refusal.status}

    def answer(self, data: dict[str, Any], message: str) -> dict[str, Any]:
        """A field called `message` is the one at the top, too."""
        return {"message": message, **data, "success": True, "data": data}

    def page(self, shape: type[PageShape], rows: Iterable[Any], place: Place, message: str) -> dict[str, Any]:
        name = shape.rows_name()
        items = super().page(shape, rows, place, message)[name]
        pagination = {"page": place.page, "limit": place.size, "total": place.total, "pages": place.pages}
        return {
            "success": True,
            "data": {"items": items, "pagination": pagination},
            "message": message,
            name: items,
            "total": place.total,
            "skip": place.start,
            "limit": place.size,
        }

    def answer_schema(self, fields: Schema, data: Schema) -> Schema:
        content = fields.get("properties", {})
        data = {**(data if "$ref" not in data else {"allOf": [data]}), "description": "The same once more."}
        properties = {"message": MESSAGE, **content, "success": SUCCESS, "data": data}
        required = {*ENVELOPE, *fields.get("required", ())}
        return {"type": "object", "properties": properties, "required": sorted(required)}

    def page_schema(self, name: str, rows: Schema) -> Schema:
        data = {
            "type": "object",
            "description": "The rows of this page, and where it stands.",
            "properties": {"items": rows, "pagination": PAGINATION},
            "required": ["items", "pagination"],
        }
        properties = {"success": SUCCESS, "data": data, "message": MESSAGE, name: rows, **PLACE}
        return {"type": "object", "properties": properties, "required": sorted(properties)}


ENVELOPE = ("success", "data", "message")
SUCCESS = {"type": "boolean", "description": "true."}
MESSAGE = {"type": "string", "description": "What was done, in a sentence for people."}
PLACE = {
    "total": {"type": "integer", "description": "How many rows there are on all pages."},
    "skip": {"type": "integer", "description": "How many rows stand before this page."},
    "limit": {"type": "integer", "description": "How many rows a page has."},
}
PAGINATION: Schema = {
    "type": "object",
    "description": "Where in the list this page stands.",
    "properties": {
        "page": {"type": "integer", "description": "Which page this is, from 1."},
        "limit": PLACE["limit"],
        "total": PLACE["total"],
        "pages": {"type": "integer", "description": "How many pages there are."},
    },
    "required": ["page", "limit", "total", "pages"],
}
ENVELOPED = Enveloped()


def code_of(refusal: DomainError) -> str:
    """The refusal's code as this form spells it."""
    if refusal.code in MALFORMED and refusal.status == 400:
        return VALIDATION_ERROR
    if refusal.code in BAD_LOGIN:
        return "INVALID_CREDENTIALS"
    return CODES.get(refusal.status) or refusal.code.upper()


def wrong_fields(details: Details) -> dict[str, Any]:
    """What is wrong with the fields: the first one with its constraint, all of them with their messages."""
    field, messages = next(iter(details.items()))
    return {"field": field, "constraint": constraint_of(messages[0]), "fields": plain(details)}


def plain(details: Details) -> Mapping[str, list[str]]:
    return {field: [str(message) for message in messages] for field, messages in details.items()}


def constraint_of(message: str) -> str:
    """What a field does not keep to, by the code that REST framework's messages carry."""
    return CONSTRAINTS.get(getattr(message, "code", ""), ANYTHING_ELSE)
