"""The price of early purchase: the vectors of the rules to the cent, and what holds for every rental."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from core.money import quantize
from rentals.rules.buyout import _AMOUNTS, Position, quote, rule_in_force
from rentals.rules.packs import pack_named
from rentals.rules.packs.rules import FORMULAS
from rentals.rules.schedule import add_months

CODES = ["default", "us-ny", "us-ca", "us-oh", "us-ct"]
START = date(2025, 4, 1)
unhurried = settings(deadline=None, max_examples=200)


def standing(made, *, rate="89.99", cash="599.99", months=12, past_due=0, start=START, today=None):
    """A rental with `made` payments made and `past_due` more past due, a year after its start unless told."""
    rate = Decimal(rate)
    return Position(
        cash_price=Decimal(cash),
        monthly_rate=rate,
        total_months=months,
        payments_made=made,
        paid_total=rate * made,
        past_due_count=past_due,
        past_due_amount=rate * past_due,
        remaining_scheduled=rate * (months - made),
        start_date=start,
        today=today or start + timedelta(days=365),
    )


def price(code, position):
    return quote(position, pack_named(code, 1)).price


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("code", CODES)
def test_a_cheap_rental_costs_what_remains_everywhere(code, early):
    position = standing(2, rate="49.99", today=date(2025, 5, 2) if early else None)
    assert price(code, position) == Decimal("499.90")


@pytest.mark.parametrize(
    ("made", "code", "expected"),
    [
        (2, "default", "899.90"),
        (2, "us-ct", "899.90"),
        (2, "us-ny", "499.99"),
        (2, "us-ca", "499.99"),
        (2, "us-oh", "510.00"),
        (5, "default", "629.93"),
        (5, "us-ny", "349.99"),
        (5, "us-ca", "349.99"),
        (5, "us-oh", "375.02"),
        (11, "default", "89.99"),
        (11, "us-ny", "89.99"),
        (11, "us-ca", "50.00"),
        (11, "us-oh", "89.99"),
        (12, "us-ny", "0.00"),
    ],
)
def test_a_dear_rental_costs_what_the_formula_says(made, code, expected):
    assert price(code, standing(made)) == Decimal(expected)


def test_california_counts_every_payment_in_the_first_three_months():
    assert price("us-ca", standing(2, today=date(2025, 5, 2))) == Decimal("420.01")
    assert price("us-ca", standing(1, past_due=1, today=date(2025, 5, 2))) == Decimal("599.99")


@pytest.mark.parametrize(
    ("start", "last"),
    [("2025-04-01", "2025-07-01"), ("2025-01-31", "2025-04-30"), ("2023-11-30", "2024-02-29")],
)
def test_the_three_months_end_with_their_last_day(start, last):
    start, last = date.fromisoformat(start), date.fromisoformat(last)
    assert price("us-ca", standing(2, start=start, today=last)) == Decimal("420.01")
    assert price("us-ca", standing(2, start=start, today=last + timedelta(days=1))) == Decimal("499.99")


@pytest.mark.parametrize(
    ("code", "expected"),
    # 2 paid, 3 past due, 7 open: 269.97 + 599.99 x 7/12; 599.99 - 89.99; 10 x 89.99
    [("us-ny", "619.96"), ("us-ca", "619.96"), ("us-oh", "510.00"), ("default", "899.90")],
)
def test_what_is_past_due_is_owed_in_full(code, expected):
    assert price(code, standing(2, past_due=3)) == Decimal(expected)


def test_new_york_asks_at_least_one_payment_and_never_more_than_what_remains():
    assert price("us-ny", standing(10, cash="100.00")) == Decimal("89.99")
    assert price("us-ny", standing(0, rate="10.00", months=1)) == Decimal("10.00")


def test_a_formula_below_zero_costs_nothing():
    found = quote(standing(8, rate="200.00"), pack_named("us-oh", 1))
    assert (found.price, found.formula_amount) == (Decimal("0.00"), Decimal("-200.01"))


def test_half_a_cent_rounds_up():
    assert price("us-oh", standing(1, rate="89.99")) == Decimal("555.00")  # 554.995
    assert price("us-ny", standing(11, cash="1.50", rate="0.01")) == Decimal("0.01")  # what remains
    assert price("us-ca", standing(11, cash="1.50")) == Decimal("0.13")  # 0.125


def test_a_quote_shows_its_inputs():
    found = quote(standing(2, past_due=1), pack_named("us-ny", 1))
    assert (found.formula, found.formula_amount) == ("prorated_cash_price", Decimal("539.98"))
    assert found.remaining_scheduled == Decimal("899.90")
    assert found.inputs | {"source": ""} == {
        "cash_price": Decimal("599.99"),
        "monthly_rate": Decimal("89.99"),
        "total_months": 12,
        "payments_made": 2,
        "paid_total": Decimal("179.98"),
        "past_due_count": 1,
        "past_due_amount": Decimal("89.99"),
        "remaining_scheduled": Decimal("899.90"),
        "open_payments": 9,
        "minimum_payments": 1,
        "start_date": START,
        "today": date(2026, 4, 1),
        "pack": "us-ny",
        "pack_version": 1,
        "source": "",
    }
    assert "§ 504" in found.inputs["source"]


def test_every_formula_that_a_pack_may_name_can_be_reckoned():
    assert set(_AMOUNTS) == set(FORMULAS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"cash_price": Decimal("-0.01")},
        {"paid_total": Decimal("-0.01")},
        {"remaining_scheduled": Decimal("-0.01")},
        {"payments_made": -1},
        {"past_due_count": -1},
        {"payments_made": 10, "past_due_count": 3},
        {"total_months": 0, "payments_made": 0},
    ],
)
def test_a_position_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="rental has"):
        replace(standing(2), **wrong)


@st.composite
def positions(draw):
    months = draw(st.integers(min_value=1, max_value=36))
    made = draw(st.integers(min_value=0, max_value=months))
    return standing(
        made,
        rate=draw(st.decimals(min_value="0.01", max_value="5000", places=2)),
        cash=draw(st.decimals(min_value="0", max_value="50000", places=2)),
        months=months,
        past_due=draw(st.integers(min_value=0, max_value=months - made)),
        today=START + timedelta(days=draw(st.integers(min_value=0, max_value=1100))),
    )


packs = st.sampled_from(CODES).map(lambda code: pack_named(code, 1))


def paid_once(position):
    """The same rental on the same day after its next payment, the oldest past due one first."""
    past_due = max(position.past_due_count - 1, 0)
    return replace(
        position,
        payments_made=position.payments_made + 1,
        paid_total=position.paid_total + position.monthly_rate,
        past_due_count=past_due,
        past_due_amount=position.monthly_rate * past_due,
        remaining_scheduled=position.remaining_scheduled - position.monthly_rate,
    )


def half_up(value):
    """A fraction to the cent, in whole numbers only."""
    return Decimal((value * 200 + 1) // 2).scaleb(-2)


def by_the_book(code, position):
    """The formulas once more, in exact fractions and as the statutes write them."""
    cash, rate = Fraction(position.cash_price), Fraction(position.monthly_rate)
    paid, late = rate * position.payments_made, rate * position.past_due_count
    left = position.total_months - position.payments_made - position.past_due_count
    share = late + cash * left / position.total_months
    early = position.today <= add_months(START, 3)
    formula = {
        "us-ny": max(share, rate),
        "us-ca": cash + late - paid if early else share,
        "us-oh": cash - paid / 2,
    }.get(code, Fraction(position.remaining_scheduled))
    return half_up(max(Fraction(0), min(formula, Fraction(position.remaining_scheduled))))


@unhurried
@given(code=st.sampled_from(CODES), position=positions())
def test_the_price_is_that_of_the_book(code, position):
    assert price(code, position) == by_the_book(code, position)


@unhurried
@given(pack=packs, position=positions())
@example(pack=pack_named("us-ny", 1), position=standing(0, cash="0.00"))
def test_never_more_than_what_remains_and_never_below_zero(pack, position):
    found = quote(position, pack)
    assert Decimal(0) <= found.price <= position.remaining_scheduled
    assert found.price == quantize(found.price)
    assert found.price <= max(found.formula_amount, Decimal(0))


@unhurried
@given(pack=packs, position=positions())
def test_paying_never_raises_the_price(pack, position):
    assume(position.payments_made < position.total_months)
    assert quote(paid_once(position), pack).price <= quote(position, pack).price


@unhurried
@given(pack=packs, position=positions())
def test_a_rental_that_is_paid_up_costs_nothing(pack, position):
    while position.payments_made < position.total_months:
        position = paid_once(position)
    assert quote(position, pack).price == 0


@unhurried
@given(pack=packs, position=positions())
def test_some_rule_is_always_in_force(pack, position):
    assert rule_in_force(position, pack) in pack.buyout
    assert rule_in_force(replace(position, today=date.max), pack) == pack.buyout[-1]
