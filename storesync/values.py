"""Single values of a payload, measured before they are believed. Each function takes anything and never raises."""

import json
import re
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any

from core.money import MAX_AMOUNT

MAX_BYTES = 5 * 1024 * 1024
MAX_QUANTITY = 10**9
MAX_TEXT = 255
FINEST = Decimal("1E-8")
NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,40})?")
DIGITS = re.compile(r"[0-9]{1,20}")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Unreadable(Exception):
    """What came is not what it should be; the text says why, for people."""


def parse(raw: bytes, largest: int = MAX_BYTES) -> Any:
    """JSON in UTF-8 of at most so many bytes, with Decimals for floats; `Unreadable` for all else."""
    if len(raw) > largest:
        raise Unreadable(f"The body has more than {largest} bytes.")
    try:
        return json.loads(raw.decode(), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Unreadable("The body is no JSON that can be read.") from error


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON.")


def members(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; what is no list, or no object in it, is left out."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text(value: Any, length: int = MAX_TEXT) -> str:
    """A text or whole number as text that any database takes, cut to `length` characters; else nothing."""
    if isinstance(value, str):
        return LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value[:length])
    return identifier(value)


def identifier(value: Any) -> str:
    """An id as its digits, whether it came as number or text; nothing where there is none, or 0."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**20:
        return str(value)
    return value if isinstance(value, str) and DIGITS.fullmatch(value) else ""


def money(value: Any) -> Decimal | None:
    """An amount that the books can hold, to eight places. Never from a float: it was rounded before it came."""
    if isinstance(value, str) and NUMBER.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if not -MAX_AMOUNT <= value <= MAX_AMOUNT:  # compared before it is counted with: 1E+999999 is a Decimal, too
        return None
    amount = Decimal(value)
    return amount.quantize(FINEST) if amount != amount.quantize(FINEST) else amount


def whole(value: Any) -> int | None:
    """A count of at most a thousand millions, either sign; `3`, `"3"` and `3.0` are one."""
    amount = money(value)
    if amount is None or amount != amount.to_integral_value() or abs(amount) > MAX_QUANTITY:
        return None
    return int(amount)


def moment(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """An ISO moment with its own offset; one without is in `zone`."""
    if not isinstance(value, str) or not 10 < len(value) <= 40:
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not 1970 <= read.year < 9999:  # the ends of the calendar cannot be moved to another zone
        return None
    return read if read.tzinfo else read.replace(tzinfo=zone)
