"""Reading bodies: JSON, strictly, the forms of web pages, and what is signed as it came."""

import json
from typing import IO, Any
from urllib.parse import parse_qsl

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

MAX_FIELDS = 100


class JsonParser(BaseParser):
    """JSON in UTF-8. An empty body is an empty object; NaN, Infinity and endless nesting are refused (400).

    So is half a character (an escaped lone surrogate), which no answer, log or table could hold.
    """

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        """The body as Python values; ParseError says what is wrong with it."""
        raw = stream.read()
        if not raw.strip():
            return {}
        try:
            value = json.loads(raw.decode("utf-8"), parse_constant=refuse_constant)
            if b"\\u" in raw:
                refuse_lone_surrogates(value)
        except UnicodeError as error:
            raise ParseError("The body is not valid UTF-8.") from error
        except ValueError as error:
            raise ParseError(f"The body is not valid JSON: {error}") from error
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.") from error
        return value


class FormParser(BaseParser):
    """The fields of a web page's form in UTF-8, as texts; of one that is there twice the last counts."""

    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> dict[str, str]:
        """The fields; ParseError for other bytes, and for more fields than a form for people has."""
        try:
            text = stream.read().decode()
            pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
        except ValueError as error:  # UnicodeError is one
            raise ParseError("The body is not a valid form.") from error
        return dict(pairs)


class RawBody(BaseParser):
    """Leaves the body alone: a signature is over its raw bytes."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return stream.read()


def refuse_constant(name: str) -> None:
    """Refuse NaN and the infinities, which JSON does not have."""
    raise ValueError(f"{name} is not a JSON value.")


def refuse_lone_surrogates(value: Any) -> None:
    """Raise UnicodeEncodeError when a text in `value`, a key included, is not Unicode."""
    json.dumps(value, ensure_ascii=False).encode()
