"""How a mail greets its reader, and how it writes days and moments."""

import re
from datetime import UTC, date, datetime

from django.utils import dateformat, translation

from core.text import one_line

LONGEST_NAME = 60
ADVERTISEMENT = re.compile(r"[/:@]|www\.|\.\w\w")


def greeting_name(first_name: str) -> str:
    """The name to greet with; "there" when it is none or an advertisement.

    Anybody may register a stranger's address, and the name is the one text they choose in the mail to it.
    """
    name = one_line(first_name)
    return "there" if not name or len(name) > LONGEST_NAME or ADVERTISEMENT.search(name) else name


def day(value: date) -> str:
    """`May 1, 2027`."""
    return _written(value, "F j, Y")


def day_of_year(value: date) -> str:
    """`May 1`."""
    return _written(value, "F j")


def moment(value: datetime) -> str:
    """`May 1, 2027, 14:05 UTC`."""
    return f"{_written(value.astimezone(UTC), 'F j, Y, H:i')} UTC"


def _written(value: date | datetime, pattern: str) -> str:
    # The mails are in English, whatever language the request is in that causes them.
    with translation.override("en"):
        return str(dateformat.format(value, pattern))
