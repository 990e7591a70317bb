"""Amounts: Decimal with two places everywhere, integers of the smallest unit only inside gateways."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
MAX_AMOUNT = Decimal("9999999999.99")  # what a MoneyField holds

# Currencies without minor units, as Stripe lists them; every other one here has hundredths.
ZERO_DECIMAL = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)


def quantize(amount: Decimal) -> Decimal:
    """`amount` to the cent, half up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """`percent` (8.25 means 8.25 %) of `amount`, to the cent."""
    return quantize(amount * percent / 100)


def percent_share(part: int, whole: int) -> Decimal:
    """How much of `whole` (above 0) `part` is, in percent with two decimals: 1 of 12 is 8.33."""
    return quantize(Decimal(100 * part) / whole)


def split(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """`amount` in parts to the cent, in proportion to the weights; the parts sum to it unless all weights are 0."""
    whole, so_far, given = sum(weights, ZERO), ZERO, ZERO
    parts = []
    for weight in weights:
        so_far += weight
        part = quantize(amount * so_far / whole) - given if whole else ZERO
        parts.append(part)
        given += part
    return parts


def to_minor(amount: Decimal, currency: str) -> int:
    """`amount` in the currency's smallest unit: 599.99 USD is 59999. ValueError when it does not fit."""
    factor = 1 if currency.upper() in ZERO_DECIMAL else 100
    minor = amount * factor
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} {currency} has parts smaller than the currency's smallest unit.")
    return int(minor)


def from_minor(minor: int, currency: str) -> Decimal:
    """The reverse of `to_minor`: 59999 in USD is Decimal("599.99")."""
    return Decimal(minor) if currency.upper() in ZERO_DECIMAL else Decimal(minor).scaleb(-2)


class MoneyField(models.DecimalField):
    """An amount of at most 9,999,999,999.99."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


def default_currency() -> str:
    """The shop's currency, a setting."""
    return str(settings.CURRENCY)


class CurrencyField(models.CharField):
    """An ISO 4217 code in capitals; the shop's own by default."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        kwargs.setdefault("default", default_currency)
        kwargs.setdefault("validators", [RegexValidator(r"\A[A-Z]{3}\Z", "A currency has three capital letters.")])
        super().__init__(*args, **kwargs)
