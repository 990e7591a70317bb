"""Amounts are exact."""

from decimal import Decimal

import pytest

from core.admin.badges import amount_with_currency
from core.money import from_minor, percent_of, quantize, to_minor
from core.text import money


def test_minor_units_follow_the_currency():
    assert to_minor(Decimal("599.99"), "USD") == 59999
    assert to_minor(Decimal("600"), "JPY") == 600
    assert from_minor(59999, "USD") == Decimal("599.99")
    assert from_minor(600, "JPY") == Decimal("600")


@pytest.mark.parametrize(("amount", "currency"), [("0.005", "USD"), ("0.50", "JPY")])
def test_an_amount_between_two_minor_units_is_refused(amount, currency):
    with pytest.raises(ValueError, match="smaller than"):
        to_minor(Decimal(amount), currency)


def test_half_a_cent_goes_up():
    assert quantize(Decimal("0.125")) == Decimal("0.13")
    assert percent_of(Decimal("100.00"), Decimal("8.255")) == Decimal("8.26")


@pytest.mark.parametrize(
    ("amount", "currency", "shown", "in_the_back_office"),
    [
        ("1250", "USD", "$1,250.00", "1,250.00 USD"),
        ("1250", "NGN", "₦1,250.00", "₦1,250.00"),
        ("-1250.5", "NGN", "-₦1,250.50", "-₦1,250.50"),
        ("1250", "EUR", "1,250.00 EUR", "1,250.00 EUR"),
    ],
)
def test_an_amount_is_shown_with_its_currency(amount, currency, shown, in_the_back_office):
    assert money(Decimal(amount), currency) == shown
    assert amount_with_currency(Decimal(amount), currency) == in_the_back_office
