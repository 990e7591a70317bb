"""What a customer is shown before signing: every figure, and that they agree with the schedule and the quotes."""

import json
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from rentals.rules.disclosure import as_json, disclose
from rentals.rules.packs import pack_named
from rentals.rules.schedule import schedule

START = date(2025, 1, 31)
CODES = ["default", "us-ny", "us-ca", "us-oh", "us-ct"]
unhurried = settings(deadline=None)


def shown(code="us-ny", *, rate="89.99", cash="599.99", months=12, start=START):
    return disclose(
        cash_price=Decimal(cash),
        monthly_rate=Decimal(rate),
        total_months=months,
        start_date=start,
        pack=pack_named(code, 1),
        currency="USD",
    )


def prices(code, **terms):
    return [str(entry.price) for entry in shown(code, **terms).early_purchase]


def test_the_whole_cost():
    found = shown()
    assert (found.total_amount, found.cash_price) == (Decimal("1079.88"), Decimal("599.99"))
    assert found.cost_of_renting == Decimal("479.89")
    assert (found.number_of_payments, found.total_months) == (12, 12)
    assert (found.monthly_rate, found.currency) == (Decimal("89.99"), "USD")
    assert (found.start_date, found.end_date) == (START, date(2026, 1, 31))


def test_ownership_passes_with_the_last_payment():
    found = shown(months=14)
    assert found.ownership_date == found.payments[-1].due_date == date(2026, 2, 28)
    assert "2026-02-28" in found.ownership_passes


def test_renting_may_cost_less_than_the_cash_price():
    assert shown(rate="49.99").cost_of_renting == Decimal("-0.11")


def test_early_purchase_month_by_month():
    assert prices("us-ny")[:3] == ["549.99", "499.99", "449.99"]
    assert prices("us-ny")[-3:] == ["100.00", "89.99", "0.00"]
    assert prices("us-oh")[4] == "375.02"
    assert prices("default", months=3) == ["179.98", "89.99", "0.00"]


def test_california_is_cheaper_in_its_first_three_months():
    found = shown("us-ca", start=date(2025, 4, 1)).early_purchase
    assert [(str(entry.date), str(entry.price)) for entry in found[:5]] == [
        ("2025-04-01", "510.00"),
        ("2025-05-01", "420.01"),
        ("2025-06-01", "330.02"),
        ("2025-07-01", "240.03"),
        ("2025-08-01", "349.99"),
    ]


def test_the_late_fee_in_plain_numbers():
    fee = shown("us-ca").late_fee
    assert (fee.kind, fee.grace_days, fee.percent, fee.amount, fee.minimum) == ("lesser_of", 7, 5, 5, 2)
    assert fee.fee == Decimal("4.50")
    none = shown("default").late_fee
    assert (none.kind, none.fee) == ("none", Decimal("0.00"))


def test_the_pack_and_its_sources_are_named():
    found = shown("us-ny")
    assert (found.pack_code, found.pack_name, found.pack_version) == ("us-ny", "New York", 1)
    assert any("§ 504" in source for source in found.pack_sources)


def test_as_json_keeps_amounts_and_days():
    found = as_json(shown())
    assert found["payments"][1] == {"number": 2, "due_date": date(2025, 2, 28), "amount": Decimal("89.99")}
    assert found["early_purchase"][1] == {"month": 2, "date": date(2025, 2, 28), "price": Decimal("499.99")}
    assert found["late_fee"]["fee"] == Decimal("9.00")
    assert json.loads(json.dumps(found, cls=DjangoJSONEncoder))["ownership_date"] == "2025-12-31"


@pytest.mark.parametrize("wrong", [{"months": 0}, {"rate": "0"}, {"rate": "1.001"}, {"cash": "-1"}])
def test_terms_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match=r"rental|rate"):
        shown(**wrong)


@unhurried
@given(
    code=st.sampled_from(CODES),
    rate=st.decimals(min_value="0.01", max_value="5000", places=2),
    cash=st.decimals(min_value="0", max_value="50000", places=2),
    months=st.integers(min_value=1, max_value=36),
    start=st.dates(min_value=date(2007, 1, 1), max_value=date(2100, 1, 1)),
)
def test_the_figures_agree(code, rate, cash, months, start):
    found = shown(code, rate=rate, cash=cash, months=months, start=start)
    assert list(found.payments) == schedule(monthly_rate=rate, months=months, start=start)
    assert found.total_amount == sum(payment.amount for payment in found.payments) == rate * months
    assert found.cost_of_renting + found.cash_price == found.total_amount
    assert [(entry.month, entry.date) for entry in found.early_purchase] == [
        (payment.number, payment.due_date) for payment in found.payments
    ]
    left = [rate * (months - entry.month) for entry in found.early_purchase]
    assert all(0 <= entry.price <= rest for entry, rest in zip(found.early_purchase, left, strict=True))
    assert found.early_purchase[-1].price == 0
    if code != "us-ca":  # where the price may rise once, when the first three months are over
        assert all(before.price >= after.price for before, after in pairwise(found.early_purchase))
