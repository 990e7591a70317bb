"""How values look in a mail: amounts, names, and text from strangers."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from core.money import ZERO_DECIMAL

# Characters that turn the direction of the text around them, and so can disguise it.
DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
LONGEST_NAME = 60
ADVERTISEMENT = re.compile(r"[/:@]|www\.|\.\w\w")


def money(amount: Decimal, currency: str) -> str:
    """`$1,599.99` for US dollars, `1,599.99 EUR` for every other currency."""
    figure = f"{amount:,.{0 if currency in ZERO_DECIMAL else 2}f}"
    return f"${figure}" if currency == "USD" else f"{figure} {currency}"


def one_line(text: str) -> str:
    """`text` without line breaks and control characters; emoji and all scripts stay."""
    spaced = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text.translate(DIRECTIONS))
    return " ".join(spaced.split())


def clean(value: Any) -> Any:
    """A context value in which every string, at any depth, is one line. Only plain JSON values may be in it."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if value is None or isinstance(value, int):
        return value
    raise TypeError(f"A mail's context holds plain values, not {type(value).__name__}.")


def greeting_name(first_name: str) -> str:
    """The name to greet with; "there" when it is none or an advertisement.

    Anybody may register a stranger's address, and the name is the one text they choose in the mail to it.
    """
    name = one_line(first_name)
    return "there" if not name or len(name) > LONGEST_NAME or ADVERTISEMENT.search(name) else name
