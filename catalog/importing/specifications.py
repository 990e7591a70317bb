"""The column of specifications: a JSON object of what every database stores and the API can show."""

import json
import math
from typing import Any

from catalog.importing.values import BadValue

MAX_LENGTH = 20_000
# MariaDB's JSON_VALID gives up at 32 levels.
MAX_DEPTH = 16
# MySQL turns larger integers into floats.
MAX_INTEGER = 2**63 - 1


def parse_specifications(text: str) -> dict[str, Any]:
    """The object; an empty cell is an empty one. Raises BadValue."""
    if not text.strip():
        return {}
    if len(text) > MAX_LENGTH:
        raise BadValue(f"is longer than {MAX_LENGTH} characters")
    try:
        value = json.loads(text, parse_constant=refuse_nan)
    except (ValueError, RecursionError) as error:
        raise BadValue(f"is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise BadValue("is JSON, but not an object {…}")
    check_json(value, depth=1)
    return value


def refuse_nan(name: str) -> float:
    """NaN and Infinity, which Python reads, are no JSON."""
    raise ValueError(f"{name} is not JSON")


def check_json(value: Any, depth: int) -> None:
    """Raise BadValue for what JSON allows and a database or an answer of the API does not."""
    if depth > MAX_DEPTH:
        raise BadValue(f"is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, dict):
        check_json(list(value), depth)
        check_json(list(value.values()), depth)
    elif isinstance(value, list):
        for item in value:
            check_json(item, depth + 1)
    elif isinstance(value, str):
        check_text(value)
    elif not is_storable(value):
        raise BadValue("has a number that is too large")


def check_text(text: str) -> None:
    r"""Refuse the escapes \u0000 and those of half a character, such as \ud800."""
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise BadValue("has half a character (a lone surrogate)")
    if "\0" in text:
        raise BadValue("has a NUL character")


def is_storable(value: Any) -> bool:
    """Whether a number (or true, false, null) comes back from every database as it went in."""
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or abs(value) <= MAX_INTEGER


def checked_specifications(value: Any) -> dict[str, Any]:
    """`value`, an object that can be stored. Raises BadValue."""
    if not isinstance(value, dict):
        raise BadValue("is not a JSON object")
    check_json(value, depth=1)
    if len(json.dumps(value, ensure_ascii=False)) > MAX_LENGTH:
        raise BadValue(f"is longer than {MAX_LENGTH} characters")
    return value
