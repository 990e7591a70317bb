"""How many a store should list."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storesync.stock.wanted import wanted


@pytest.mark.parametrize(
    ("stock", "limits", "quantity", "rule"),
    [
        ("20.0000", {}, 20, "erp"),
        ("7.9999", {}, 7, "erp"),
        (Decimal("50"), {}, 50, "erp"),
        ("0.0000", {}, 0, "erp"),
        ("0.9", {}, 0, "erp"),
        ("-3.0000", {}, 0, "floor"),
        ("-0.5", {}, 0, "floor"),
        ("10", {"buffer": 3}, 7, "buffer"),
        ("10", {"buffer": 10}, 0, "buffer"),
        ("10", {"buffer": 11}, 0, "floor"),
        ("10", {"most_listed": 4}, 4, "most listed"),
        ("10", {"most_listed": 10}, 10, "erp"),
        ("10", {"most_listed": 0}, 0, "most listed"),
        ("10", {"reserved": 4}, 6, "reserved"),
        ("1", {"reserved": 2}, 0, "floor"),
        ("10", {"reserved": 2, "buffer": 3}, 5, "buffer"),
        ("10", {"reserved": 2, "buffer": 3, "most_listed": 4}, 4, "most listed"),
        ("10", {"reserved": 2, "buffer": 3, "most_listed": 5}, 5, "buffer"),
        (None, {"buffer": 3, "most_listed": 4, "reserved": 1}, None, "erp"),
        ("", {}, None, "erp"),
        ("NaN", {}, None, "erp"),
        ("100000000000000000000", {}, None, "erp"),
        ("1000000001", {}, None, "erp"),
    ],
)
def test_what_is_wanted(stock, limits, quantity, rule):
    assert wanted(stock, **limits) == (quantity, rule)


counts = st.integers(0, 10**6)
stocks = st.decimals(min_value=-(10**6), max_value=10**6, places=4)


@given(stocks, counts, st.none() | counts, counts)
def test_never_below_zero_above_the_limit_or_above_what_is_there(stock, buffer, most_listed, reserved):
    quantity = wanted(stock, buffer=buffer, most_listed=most_listed, reserved=reserved).quantity
    assert 0 <= quantity <= max(stock, 0)
    assert most_listed is None or quantity <= most_listed
    assert quantity == 0 or quantity + reserved + buffer <= stock
