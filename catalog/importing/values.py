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


def validated_value(field: Any, value: Any) -> Any:
    """`value` when the validators of the model's field take it (a TextField's length is none of them)."""
    try:
        field.run_validators(value)
    except ValidationError as error:
        raise BadValue(" ".join(error.messages)) from error
    return value


def required_text(text: str) -> str:
    """The text without the space around it, which must leave something."""
    if text := text.strip():
        return text
    raise BadValue("is missing")


def line_parser(field: Any) -> Callable[[str], str]:
    """A parser of short texts: no line break or other control character, as long as the field allows."""

    def parse(text: str) -> str:
        text = text.strip()
        if CONTROL.search(text):
            raise BadValue("has a line break or another control character")
        return str(validated_value(field, text))

    return parse


def money_parser(field: Any) -> Callable[[str], Decimal]:
    """A parser of amounts: plain digits and a point, with as many decimals as the field allows."""

    def parse(text: str) -> Decimal:
        text = required_text(text)
        if not NUMBER.fullmatch(text):
            raise BadValue(f"{quoted_start(text)} is not a number such as 599.99")
        if text.startswith("-"):
            raise BadValue(f"{quoted_start(text)} is negative")
        return Decimal(validated_value(field, Decimal(text)))

    return parse


def parse_count(text: str) -> int:
    text = required_text(text)
    if not WHOLE.fullmatch(text):
        raise BadValue(f"{quoted_start(text)} is not a whole number")
    if text.startswith("-"):
        raise BadValue(f"{quoted_start(text)} is negative")
    if int(text) > MAX_COUNT:
        raise BadValue(f"{quoted_start(text)} is larger than {MAX_COUNT}")
    return int(text)


def parse_boolean(text: str) -> bool:
    """true or false, in any case, as spreadsheets write TRUE."""
    text = required_text(text)
    if text.lower() not in BOOLEANS:
        raise BadValue(f"{quoted_start(text)} is neither true nor false")
    return BOOLEANS[text.lower()]


def choice_parser(values: list[str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        text = required_text(text)
        if text.lower() not in values:
            raise BadValue(f"{quoted_start(text)} is unknown; use one of {', '.join(values)}")
        return text.lower()

    return parse


def quoted_start(text: str) -> str:
    """The text in quotes, cut to what fits into a line."""
    return repr(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…")
