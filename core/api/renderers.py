"""Writing answers: JSON with exact amounts."""

from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


def encode_exactly(value: Any) -> Any:
    """What orjson does not know: a Decimal becomes a number with its own digits, never a float."""
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}".encode())
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here.")


class JsonRenderer(BaseRenderer):
    """JSON in UTF-8."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """`data` as bytes; nothing at all for an answer without content."""
        if data is None:
            return b""
        return orjson.dumps(data, default=encode_exactly, option=orjson.OPT_NON_STR_KEYS)
