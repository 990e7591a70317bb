"""The late fee: nothing within the grace days, then what the pack says, to the cent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import quantize
from rentals.rules.late_fees import fee_for, grace_ends
from rentals.rules.packs import LateFeeRule, pack_named

DUE = date(2025, 2, 25)
GRACE = {"us-ny": 7, "us-ca": 7, "us-ct": 5, "us-oh": 0, "default": 0}
unhurried = settings(deadline=None)


def rule_of(code):
    return pack_named(code, 1).late_fee


def fee(code, amount="89.99", *, late):
    return fee_for(amount=Decimal(amount), due_date=DUE, today=DUE + timedelta(days=late), rule=rule_of(code))


@pytest.mark.parametrize(
    ("code", "amount", "expected"),
    [
        ("us-ny", "89.99", "9.00"),
        ("us-ny", "20.00", "5.00"),
        ("us-ny", "50.05", "5.01"),  # 5.005
        ("us-ca", "89.99", "4.50"),
        ("us-ca", "500.00", "5.00"),
        ("us-ca", "20.00", "2.00"),
        ("us-ct", "89.99", "4.50"),
        ("us-ct", "500.00", "5.00"),
        ("us-ct", "30.00", "1.50"),
        ("us-ct", "10.00", "1.00"),
        ("us-oh", "89.99", "0.00"),
        ("default", "89.99", "0.00"),
    ],
)
def test_the_fee_of_each_place(code, amount, expected):
    assert fee(code, amount, late=30) == Decimal(expected)


@pytest.mark.parametrize("code", ["us-ny", "us-ca", "us-ct"])
def test_the_last_day_of_grace_is_free_and_the_next_is_not(code):
    grace = GRACE[code]
    assert grace_ends(DUE, rule_of(code)) == DUE + timedelta(days=grace)
    assert [fee(code, late=late) for late in (-3, 0, 1, grace)] == [Decimal("0.00")] * 4
    assert fee(code, late=grace + 1) == fee(code, late=400) > 0


def test_nothing_owed_costs_nothing():
    assert fee("us-ny", "0.00", late=30) == 0


@pytest.mark.parametrize("code", GRACE)
def test_the_grace_days_are_those_of_the_law(code):
    assert rule_of(code).grace_days == GRACE[code]


amounts = st.decimals(min_value="0.01", max_value="5000", places=2)
parts = st.decimals(min_value="0", max_value="100", places=2)
rules = st.builds(
    LateFeeRule,
    kind=st.sampled_from(["none", "greater_of", "lesser_of"]),
    grace_days=st.integers(min_value=0, max_value=30),
    percent=parts,
    amount=parts,
    minimum=parts,
)


@unhurried
@given(rule=rules, amount=amounts, late=st.integers(min_value=-40, max_value=400))
def test_every_fee_keeps_to_its_rule(rule, amount, late):
    found = fee_for(amount=amount, due_date=DUE, today=DUE + timedelta(days=late), rule=rule)
    assert found == quantize(found) >= 0
    if rule.kind == "none" or late <= rule.grace_days:
        assert found == 0
        return
    share = quantize(amount * rule.percent / 100)
    bounds = sorted([share, rule.amount])
    assert found == max(bounds[1] if rule.kind == "greater_of" else bounds[0], rule.minimum)
