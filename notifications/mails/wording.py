"""How a mail writes names, money, days and the shop's own notes: in the language that is active."""

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import dateformat, formats, translation
from django.utils.translation import gettext, gettext_noop

from accounts.models import User
from core.money import ZERO_DECIMAL
from core.text import NAIRA, money, one_line

MAX_NAME = 60
ADVERTISEMENT = re.compile(r"[/:@]|www\.|\.\w\w")


@dataclass(frozen=True)
class Patterns:
    """How a language writes days, in the letters of Django's date formats."""

    day: str
    day_of_year: str
    moment: str


# Signs of currencies in Spanish texts; the others have their codes.
SPANISH = {"USD": "US$", "NGN": NAIRA}
ENGLISH = Patterns(day="F j, Y", day_of_year="F j", moment="F j, Y, H:i")
PATTERNS = {
    "en": ENGLISH,
    "es": Patterns(day=r"j \d\e F \d\e Y", day_of_year=r"j \d\e F", moment=r"j \d\e F \d\e Y, H:i"),
}
# What orders and rentals write on a step or a refund, and call themselves; a number in it may be any.
SHOP_NOTES = (
    gettext_noop("Payment confirmed, processing order"),
    gettext_noop("Nothing to pay, processing order"),
    gettext_noop("Order cancelled"),
    gettext_noop("Rental cancelled"),
    gettext_noop("Not paid within {} minutes"),
    gettext_noop("Not signed within {} hours"),
    gettext_noop("Order #{}"),
    gettext_noop("Rental #{}"),
    gettext_noop("Order #{} was cancelled"),
    gettext_noop("Order #{} could no longer be paid"),
    gettext_noop("Rental #{} was cancelled"),
    gettext_noop("Rental #{} could no longer take this payment"),
    gettext_noop("A late fee of rental #{} was waived"),
)


def reading(user: User | None) -> AbstractContextManager[None]:
    """Texts, dates and money inside are written in the user's language; in the shop's for an address without one.

    Whatever language the request is in that causes the mail.
    """
    return translation.override(user.language if user else settings.LANGUAGE_CODE)


def greeting_name(first_name: str) -> str:
    """The name to greet with; "" when it is none or an advertisement.

    One may register a stranger's address, and the name is the one text they choose in the mail to it.
    """
    name = one_line(first_name)
    return "" if len(name) > MAX_NAME or ADVERTISEMENT.search(name) else name


def localized_money(amount: Decimal, currency: str) -> str:
    """`$1,599.99` and `₦1,250.00` in English, `1.599,99 US$` and `1.250,00 ₦` in Spanish.

    Every other currency has its code behind: `1,599.99 EUR`, `1.599,99 EUR`.
    """
    if translation.get_language() != "es":
        return money(amount, currency)
    digits = 0 if currency in ZERO_DECIMAL else 2
    figure = formats.number_format(amount, decimal_pos=digits, use_l10n=True, force_grouping=True)
    # Unicode's conventions group Spanish figures with dots. Django's blank reads badly beside other figures.
    return f"{figure}".replace("\xa0", ".") + f" {SPANISH.get(currency, currency)}"


def amount_or_blank(amount: Decimal, currency: str) -> str:
    """The amount as `money` writes it; "" for none."""
    return localized_money(amount, currency) if amount else ""


def day(value: date) -> str:
    """`May 1, 2027`, `1 de mayo de 2027`."""
    return dateformat.format(value, patterns().day)


def day_of_year(value: date) -> str:
    """`May 1`, `1 de mayo`."""
    return dateformat.format(value, patterns().day_of_year)


def moment(value: datetime) -> str:
    """`May 1, 2027, 14:05 UTC`, `1 de mayo de 2027, 14:05 UTC`."""
    return f"{dateformat.format(value.astimezone(UTC), patterns().moment)} UTC"


def local_moment(value: datetime, zone: ZoneInfo) -> str:
    """`May 1, 2027, 14:05 WAT`: the time of the place."""
    there = value.astimezone(zone)
    return f"{dateformat.format(there, patterns().moment)} {there:%Z}"


def patterns() -> Patterns:
    return PATTERNS.get(translation.get_language() or "", ENGLISH)


def translated_note(note: str) -> str:
    """The shop's own note in the language that is active. What a person wrote stays as it is."""
    plain = re.sub(r"\d+", "{}", note)
    return gettext(plain).format(*re.findall(r"\d+", note)) if plain in SHOP_NOTES else note
