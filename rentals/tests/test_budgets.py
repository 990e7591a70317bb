"""How many queries the rental endpoints may use, whatever the number of rows."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from accounts.tests.factories import AdminFactory, UserFactory
from catalog.tests.factories import ProductFactory, tracked_product
from orders.tests.test_budgets import queries_of
from rentals.models import LateFee
from rentals.money.settling import record_payment_by_hand
from rentals.tests.factories import make_rental
from rentals.tests.shop import client_of, pay, save_card

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.clock(START)]


def lived_in(user, *, months=12, paid=3, product=None):
    """A rental with payments by card and by hand, a fee that was paid, one that is open, a begun payment, autopay."""
    rental = make_rental(user=user, product=product or tracked_product(devices=1), months=months, signed=True)
    first, _, _, fourth, *_ = [*rental.installments.all(), None]
    LateFee.objects.create(installment=first, amount=Decimal("5.00"), assessed_on=START.date())
    pay(rental)
    staff = AdminFactory()
    for _ in range(paid - 1):
        record_payment_by_hand(rental=rental, by=staff, purpose="installment", reason="Cash")
    if fourth:
        LateFee.objects.create(installment=fourth, amount=Decimal("5.00"), assessed_on=START.date())
    api = client_of(user)
    for purpose in ("installment", "buyout"):
        assert api.post(f"rentals/{rental.pk}/payment-intent", {"purpose": purpose}).status_code == 200
    consent = {"setup_intent_id": save_card(api), "consent": True}
    assert api.put(f"rentals/{rental.pk}/autopay", consent).status_code == 200
    return rental


def test_a_list_of_ten_costs_five_as_a_list_of_one():
    user, counts, made = UserFactory(), {}, 0
    lived_in(UserFactory())  # another user's
    for rentals in (1, 3, 10):
        for _ in range(rentals - made):
            lived_in(user, product=ProductFactory() if made % 2 else None)
            made += 1
        api = client_of(user)
        counts[rentals] = len(queries_of(lambda api=api: api.get("rentals")))
        assert len(api.get("rentals").json()["rentals"]) == rentals
    assert counts[1] == counts[3] == counts[10] <= 5, counts


@pytest.mark.parametrize("path", ["", "/payments", "/buyout", "/autopay"])
def test_thirty_six_months_cost_what_three_cost(path):
    user = UserFactory()
    api, counts = client_of(user), {}
    for months, paid in ((3, 2), (36, 30)):
        rental = lived_in(user, months=months, paid=paid)
        counts[months] = len(queries_of(lambda pk=rental.pk: api.get(f"rentals/{pk}{path}")))
    assert counts[3] == counts[36] <= (9 if path == "" else 5), counts


def test_the_detail_by_status_and_reader():
    """Unsigned the first look is written down, later ones are not; staff pay no more than the customer."""
    user = UserFactory()
    pending = make_rental(user=user, months=36)
    ended = lived_in(user)
    assert client_of(user).post(f"rentals/{ended.pk}/return").status_code == 200
    for rental in (pending, ended):
        for reader in (user, AdminFactory()):
            api = client_of(reader)
            assert len(queries_of(lambda api=api, pk=rental.pk: api.get(f"rentals/{pk}"))) <= 9


def test_the_figures_cost_the_same_whatever_there_is():
    user = UserFactory()
    counts = []
    for _ in range(3):
        lived_in(user)
        api = client_of(user)
        counts.append(len(queries_of(lambda api=api: api.get("rentals/stats"))))
    assert len(set(counts)) == 1
    assert counts[0] <= 7, counts


def test_renting_and_paying_cost_the_same_for_any_term():
    counts = {}
    for months in (3, 36):
        user, product = UserFactory(), ProductFactory()
        pending = make_rental(user=user, product=product, months=months)
        body = {"product_id": product.pk, "total_months": months, "address_id": pending.address_ref_id}
        api = client_of(user)
        renting = len(queries_of(lambda api=api, body=body: api.post("rentals", body), 201))
        path = f"rentals/{pending.pk}/sign-contract"
        signing = len(queries_of(lambda api=api, path=path: api.post(path)))
        counts[months] = (renting, signing)
    assert counts[3] == counts[36]
