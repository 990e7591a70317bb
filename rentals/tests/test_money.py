"""What a rental costs, through the API: prices by place, schedules by calendar, and no cent made or lost."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from accounts.tests.factories import AddressFactory, AdminFactory, UserFactory
from catalog.tests.factories import ProductFactory
from rentals.models import LateFee, Rental
from rentals.money.settling import record_payment_by_hand
from rentals.tests.factories import make_rental
from rentals.tests.shop import client_of, fresh, pay

START = date(2025, 4, 1)
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2025-04-01T12:00:00Z")]


def noon(day):
    """The middle of a day."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def paid_by_hand(rental, times):
    """So many installments, at the counter."""
    staff = AdminFactory()
    for _ in range(times):
        record_payment_by_hand(rental=rental, by=staff, purpose="installment", reason="Cash")


# state, rate, paid, the day, price: cash price 599.99, 12 months from 2025-04-01, nothing past due unless it says so.
VECTORS = [
    *[(state, "49.99", 2, "2025-05-01", 499.90) for state in ("TX", "NY", "CA", "OH", "CT", "")],
    ("TX", "89.99", 2, "2025-05-01", 899.90),
    ("NY", "89.99", 2, "2025-05-01", 499.99),
    ("CA", "89.99", 2, "2025-05-01", 420.01),
    ("OH", "89.99", 2, "2025-05-01", 510.00),
    ("TX", "89.99", 5, "2025-08-01", 629.93),
    ("NY", "89.99", 5, "2025-08-01", 349.99),
    ("CA", "89.99", 5, "2025-08-01", 349.99),
    ("OH", "89.99", 5, "2025-08-01", 375.02),
    ("TX", "89.99", 11, "2026-02-01", 89.99),
    ("NY", "89.99", 11, "2026-02-01", 89.99),
    ("CA", "89.99", 11, "2026-02-01", 50.00),
    ("OH", "89.99", 11, "2026-02-01", 89.99),
    # The three months of California end with 1 July; the day after, June and July are past due: 179.98 + 399.99.
    ("CA", "89.99", 2, "2025-07-01", 510.00),
    ("CA", "89.99", 2, "2025-07-02", 579.97),
    # June is past due in New York: 89.99 + 599.99 * 9 / 12.
    ("NY", "89.99", 2, "2025-06-02", 539.98),
    ("TX", "89.99", 2, "2025-07-02", 899.90),
    ("OH", "89.99", 2, "2025-07-02", 510.00),
]


@pytest.mark.parametrize("vector", VECTORS, ids=str)
def test_the_price_of_owning_it_by_place(clock, vector):
    state, rate, paid, day, price = vector
    rental = make_rental(signed=True, state=state, rental_price=rate, price="599.99")
    paid_by_hand(rental, paid)
    clock.move_to(noon(date.fromisoformat(day)))
    api = client_of(rental.user)
    quote = api.get(f"rentals/{rental.pk}/buyout").json()
    assert (quote["buyout_price"], quote["late_fees"]) == (price, 0)
    remaining = round(float(rate) * (12 - paid), 2)
    assert quote["buyout_price"] == max(0, min(quote["formula_amount"], remaining))
    detail = api.get(f"rentals/{rental.pk}").json()["rental"]
    assert quote["remaining_scheduled"] == remaining == detail["remaining_amount"]
    intent = api.post(f"rentals/{rental.pk}/payment-intent", {"purpose": "buyout"}).json()
    assert intent["amount"] == price
    assert pay(rental, "buyout").json()["amount_paid"] == price


# state, days of grace, fee on 89.99
FEES = [("NY", 7, 9.0), ("CA", 7, 4.5), ("CT", 5, 4.5), ("OH", 7, 0), ("TX", 7, 0)]


@pytest.mark.parametrize("place", FEES, ids=str)
@pytest.mark.parametrize("charged", [True, False])
def test_the_fee_for_a_missed_month_by_place(clock, settings, place, charged):
    state, grace, fee = place
    settings.LATE_FEES = charged
    rental = make_rental(signed=True, state=state, rental_price="89.99")
    settings.LATE_FEES = not charged  # what was agreed stays, whatever the shop charges from others
    paid_by_hand(rental, 1)
    fee = fee if charged else 0
    due = date(2025, 5, 1)
    for days in (1, grace, grace + 1, 29):
        clock.move_to(noon(due + timedelta(days=days)))
        for _ in range(2):
            call_command("send_payment_reminders", stdout=StringIO())
        expected = fee if days > grace else 0
        api = client_of(rental.user)
        assert api.get(f"rentals/{rental.pk}").json()["rental"]["late_fees"] == expected, days
        asked = api.post(f"rentals/{rental.pk}/payment-intent", {"purpose": "installment"}).json()
        assert asked["amount"] == round(89.99 + expected, 2)
    pay(rental)
    assert LateFee.objects.filter(paid_with=None).count() == 0
    detail = client_of(rental.user).get(f"rentals/{rental.pk}").json()["rental"]
    assert (detail["late_fees"], detail["payments_made"]) == (0, 2)


@pytest.mark.parametrize(
    ("start", "months", "days"),
    [
        ("2025-04-01", 12, [f"2025-{m:02}-01" for m in range(4, 13)] + [f"2026-{m:02}-01" for m in range(1, 5)]),
        ("2027-01-31", 3, ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        ("2028-01-31", 6, ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31", "2028-06-30",
                           "2028-07-31"]),
        ("2028-02-29", 12, [*(f"2028-{m:02}-29" for m in range(2, 13)), "2029-01-29", "2029-02-28"]),
        ("2027-12-30", 3, ["2027-12-30", "2028-01-30", "2028-02-29", "2028-03-30"]),
        ("2099-11-30", 6, ["2099-11-30", "2099-12-30", "2100-01-30", "2100-02-28", "2100-03-30", "2100-04-30",
                           "2100-05-30"]),
    ],
)  # fmt: skip
def test_the_days_of_the_schedule(start, months, days):
    with time_machine.travel(noon(date.fromisoformat(start)), tick=False):
        rental = make_rental(months=months)
        api = client_of(rental.user)
        detail = api.get(f"rentals/{rental.pk}").json()["rental"]
        asked = {"product_id": rental.product_id, "total_months": months}
        quoted = api.post("rentals/quote", asked).json()
    *due, end = days
    assert [line["date"] for line in detail["payment_schedule"]] == due
    assert [line["month"] for line in detail["payment_schedule"]] == list(range(1, months + 1))
    assert [payment["due_date"] for payment in quoted["payments"]] == due
    assert (detail["start_date"], detail["end_date"], detail["next_payment_date"]) == (start, end, start)
    assert (quoted["end_date"], quoted["ownership_date"]) == (end, due[-1])


@pytest.mark.parametrize("start", ["2027-01-31", "2028-01-31"])
@pytest.mark.parametrize("months", [18, 24, 36])
def test_the_thirty_first_comes_back_in_every_long_month(start, months):
    with time_machine.travel(noon(date.fromisoformat(start)), tick=False):
        rental = make_rental(months=months)
    days = [one.due_date for one in rental.installments.all()]
    assert len({(day.year, day.month) for day in days}) == months
    assert all((day + timedelta(days=1)).month != day.month for day in days)  # each is the last of its month


@pytest.mark.parametrize("rate", ["0.01", "0.99", "33.33", "49.99", "89.99", "1234.56", "277777777.77"])
@pytest.mark.parametrize("months", [3, 36])
def test_the_sum_is_exact(rate, months):
    rental = make_rental(months=months, rental_price=rate, signed=True)
    shown = client_of(rental.user).get(f"rentals/{rental.pk}")
    detail = shown.json()["rental"]
    total = Decimal(rate) * months
    assert f'"total_amount":{total}'.rstrip("0").rstrip(".").encode() in shown.content
    assert sum(Decimal(str(line["amount"])) for line in detail["payment_schedule"]) == total
    assert Decimal(str(detail["remaining_amount"])) == total == fresh(rental).total_amount
    paid_by_hand(rental, 1)
    detail = client_of(rental.user).get(f"rentals/{rental.pk}").json()["rental"]
    assert Decimal(str(detail["remaining_amount"])) == total - Decimal(rate)
    assert detail["payment_progress"] == round(100 / months, 2)


def test_a_total_that_no_amount_can_hold_is_refused():
    user, product = UserFactory(), ProductFactory(rental_price="9999999999.99")
    body = {"product_id": product.pk, "total_months": 3, "address_id": AddressFactory(user=user).pk}
    answer = client_of(user).post("rentals", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "not_rentable")
    assert not Rental.objects.exists()
