"""Text for pictures: cleaned, shortened and escaped, so that whatever a person typed is well-formed XML."""

import re
from unicodedata import east_asian_width
from xml.sax.saxutils import escape as escape_markup

# All that XML 1.0 forbids (with it every lone surrogate), the other control characters, and the marks
# that turn the direction of the text after them.
UNWANTED = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
CONDITION_WORDS = re.compile(r"^(certified |professionally )?(refurbished|renewed|used)\s+(?=\S)", re.IGNORECASE)


def label(text: str, *, brand: str = "") -> str:
    """Return the text on one clean line, without a leading "Refurbished" and without the leading brand."""
    line = CONDITION_WORDS.sub("", _one_line(text))
    start = f"{_one_line(brand)} "
    return line[len(start) :] if brand and line.lower().startswith(start.lower()) else line


def columns(text: str) -> int:
    """Return the width of a text in columns; ideographs, emoji and the widest letters take two."""
    return sum(2 if character in "MW@%" or east_asian_width(character) in "WF" else 1 for character in text)


def shorten(text: str, limit: int) -> str:
    """Return the text if it fits into `limit` columns, else its beginning, at a word's end if one is near."""
    if columns(text) <= limit:
        return text
    while columns(text) > limit - 1:
        text = text[: min(len(text) - 1, limit - 1)]
    head, _, _ = text.rpartition(" ")
    return f"{(head if len(head) > len(text) * 2 // 3 else text).rstrip(' ,;-')}…"


def escape(text: str) -> str:
    """Return the text for use in XML content or between double quotes."""
    return escape_markup(text, {'"': "&quot;"})


def _one_line(text: str) -> str:
    return " ".join(UNWANTED.sub("", text).split())
