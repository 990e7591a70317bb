"""Path converters."""

from typing import Any

from django.urls import register_converter

MAX_ID = 2**63 - 1


class IdConverter:
    """A database id in a path. What is not an integer of 64 bits names nothing, so it is 0, which no row has."""

    regex = "[^/]+"

    def to_python(self, value: str) -> int:
        """The id, or 0 when there can be no such row."""
        is_id = value.isascii() and value.isdigit() and len(value) < 20
        return int(value) if is_id and int(value) <= MAX_ID else 0

    def to_url(self, value: Any) -> str:
        """The id as it stands in a path."""
        return str(value)


def register() -> None:
    """Make `<id:…>` known to Django."""
    register_converter(IdConverter, "id")
