"""How values look in texts for people: amounts, addresses, and text from strangers."""

import unicodedata
from decimal import Decimal
from typing import Any

from core.money import ZERO_DECIMAL

NAIRA = "₦"
# Characters that turn the direction of the text around them, and so can disguise it.
DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def money(amount: Decimal, currency: str) -> str:
    """`$1,599.99` for US dollars, `₦1,250.00` for Naira, `1,599.99 EUR` for every other currency."""
    figure = f"{amount:,.{0 if currency in ZERO_DECIMAL else 2}f}"
    return f"${figure}" if currency == "USD" else with_currency(figure, currency)


def with_currency(figure: str, currency: str) -> str:
    """`₦1,250.00`, `-₦1,250.00`; `1,599.99 USD` where the currency's sign is that of others, too."""
    if currency != "NGN":
        return f"{figure} {currency}"
    return f"-{NAIRA}{figure[1:]}" if figure.startswith("-") else f"{NAIRA}{figure}"


def address_lines(address: dict[str, Any]) -> list[str]:
    """An address snapshot (`accounts.Address.as_snapshot`) as one writes it on a parcel."""
    rows = (
        "{first_name} {last_name}",
        "{street_address}",
        "{city}, {state} {zip_code}" if address["state"] else "{city} {zip_code}",
        "{country}",
    )
    return [row.format_map(address).strip() for row in rows]


def one_line(text: str) -> str:
    """`text` without line breaks and control characters; emoji and all scripts stay."""
    spaced = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text.translate(DIRECTIONS))
    return " ".join(spaced.split())


def clean(value: Any) -> Any:
    """A value in which every string, at any depth, is one line. Raises TypeError unless it is plain JSON.

    Amounts are strings there: a float is refused, too.
    """
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if value is None or isinstance(value, int):
        return value
    raise TypeError(f"The context of a text holds plain values, not {type(value).__name__}.")
