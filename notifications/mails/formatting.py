"""How a mail greets its reader, and how it writes money, days and moments: in the language that is active."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils import dateformat, formats, translation

from core.money import ZERO_DECIMAL
from core.text import money as english_money
from core.text import one_line

LONGEST_NAME = 60
ADVERTISEMENT = re.compile(r"[/:@]|www\.|\.\w\w")


@dataclass(frozen=True)
class Patterns:
    """How a language writes days, in the letters of Django's date formats."""

    day: str
    day_of_year: str
    moment: str


ENGLISH = Patterns(day="F j, Y", day_of_year="F j", moment="F j, Y, H:i")
PATTERNS = {
    "en": ENGLISH,
    "es": Patterns(day=r"j \d\e F \d\e Y", day_of_year=r"j \d\e F", moment=r"j \d\e F \d\e Y, H:i"),
}


def greeting_name(first_name: str) -> str:
    """The name to greet with; "" when it is none or an advertisement.

    Anybody may register a stranger's address, and the name is the one text they choose in the mail to it.
    """
    name = one_line(first_name)
    return "" if len(name) > LONGEST_NAME or ADVERTISEMENT.search(name) else name


def money(amount: Decimal, currency: str) -> str:
    """`$1,599.99` in English, `1.599,99 US$` in Spanish; `1,599.99 EUR` and `1.599,99 EUR` for other currencies."""
    if translation.get_language() != "es":
        return english_money(amount, currency)
    digits = 0 if currency in ZERO_DECIMAL else 2
    figure = formats.number_format(amount, decimal_pos=digits, use_l10n=True, force_grouping=True)
    # Unicode's conventions group Spanish figures with dots. Django's blank reads badly beside other figures.
    return f"{figure}".replace("\xa0", ".") + f" {'US$' if currency == 'USD' else currency}"


def day(value: date) -> str:
    """`May 1, 2027`, `1 de mayo de 2027`."""
    return dateformat.format(value, patterns().day)


def day_of_year(value: date) -> str:
    """`May 1`, `1 de mayo`."""
    return dateformat.format(value, patterns().day_of_year)


def moment(value: datetime) -> str:
    """`May 1, 2027, 14:05 UTC`, `1 de mayo de 2027, 14:05 UTC`."""
    return f"{dateformat.format(value.astimezone(UTC), patterns().moment)} UTC"


def patterns() -> Patterns:
    """Those of the active language."""
    return PATTERNS.get(translation.get_language() or "", ENGLISH)
