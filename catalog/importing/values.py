"""Parsers of single cells. Each returns the value or raises BadValue with the reason."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
WHOLE = re.compile(r"-?[0-9]{1,20}")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
BOOLEANS = {"true": True, "false": False}
# What a signed column of 32 bits holds: the least of what the databases allow.
MAX_COUNT = 2_147_483_647
MAX_SHOWN = 40


class BadValue(Exception):
    """A cell, or the row as a whole, cannot be used; the text says why."""


def allowed(field: Any, value: Any) -> Any:
    """`value` when the validators of the model's field take it (a TextField's length is none of them)."""
    try:
        field.run_validators(value)
    except ValidationError as error:
        raise BadValue(" ".join(error.messages)) from error
    return value


def required(text: str) -> str:
    """The text without the space around it, which must leave something."""
    if text := text.strip():
        return text
    raise BadValue("is missing")


def one_line(field: Any) -> Callable[[str], str]:
    """A parser of short texts: no line break or other control character, as long as the field allows."""

    def parse(text: str) -> str:
        text = text.strip()
        if CONTROL.search(text):
            raise BadValue("has a line break or another control character")
        return str(allowed(field, text))

    return parse


def money(field: Any) -> Callable[[str], Decimal]:
    """A parser of amounts: plain digits and a point, with as many decimals as the field allows."""

    def parse(text: str) -> Decimal:
        text = required(text)
        if not NUMBER.fullmatch(text):
            raise BadValue(f"{shortened(text)} is not a number such as 599.99")
        if text.startswith("-"):
            raise BadValue(f"{shortened(text)} is negative")
        return Decimal(allowed(field, Decimal(text)))

    return parse


def count(text: str) -> int:
    """A number of pieces."""
    text = required(text)
    if not WHOLE.fullmatch(text):
        raise BadValue(f"{shortened(text)} is not a whole number")
    if text.startswith("-"):
        raise BadValue(f"{shortened(text)} is negative")
    if int(text) > MAX_COUNT:
        raise BadValue(f"{shortened(text)} is larger than {MAX_COUNT}")
    return int(text)


def boolean(text: str) -> bool:
    """true or false, in any case, as spreadsheets write TRUE."""
    text = required(text)
    if text.lower() not in BOOLEANS:
        raise BadValue(f"{shortened(text)} is neither true nor false")
    return BOOLEANS[text.lower()]


def choice(values: list[str]) -> Callable[[str], str]:
    """A parser of one of `values`, in any case."""

    def parse(text: str) -> str:
        text = required(text)
        if text.lower() not in values:
            raise BadValue(f"{shortened(text)} is unknown; use one of {', '.join(values)}")
        return text.lower()

    return parse


def shortened(text: str) -> str:
    """The text in quotes, cut to what fits into a line."""
    return repr(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…")
