"""The whole cost is shown before it is signed: quote, contract and rental say the same, and nothing moves them."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from accounts.tests.factories import AddressFactory, AdminFactory, UserFactory
from catalog.models import Product
from catalog.tests.factories import ProductFactory
from core.testing.client import ApiClient
from core.text import money
from rentals.contracts.verifying import verify
from rentals.lifecycle.creating import create_rental
from rentals.models import Installment, Rental
from rentals.tests.factories import make_rental
from rentals.tests.shop import client_of, fresh, intent_of, pay

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.clock(START)]


def quoted(product, months=12, **place):
    """What a visitor is shown."""
    answer = ApiClient().post("rentals/quote", {"product_id": product.pk, "total_months": months, **place})
    assert answer.status_code == 200, answer.content
    return answer.json()


def unseen(**changes):
    """A rental that was made behind the API, so that its contract was never shown."""
    user = UserFactory()
    address = AddressFactory(user=user, **changes)
    return create_rental(user=user, product_id=ProductFactory().pk, total_months=12, address_id=address.pk)


@pytest.mark.parametrize("state", ["NY", "CA", "OH", "CT", "TX", ""])
@pytest.mark.parametrize("months", [3, 12, 36])
def test_quote_rental_and_contract_say_the_same(settings, state, months):
    settings.LATE_FEES = True
    product = ProductFactory(rental_price="89.99")
    shown = quoted(product, months, country="US", state=state)
    rental = make_rental(product=product, months=months, state=state)
    detail = client_of(rental.user).get(f"rentals/{rental.pk}").json()["rental"]
    for name in ("monthly_rate", "total_months", "total_amount", "cash_price", "currency", "start_date", "end_date"):
        assert detail[name] == shown[name], name
    assert [(line["month"], line["date"], line["amount"]) for line in detail["payment_schedule"]] == [
        (due["number"], due["due_date"], due["amount"]) for due in shown["payments"]
    ]
    text = detail["contract"]["contract_text"]
    for amount in (rental.monthly_rate, rental.total_amount, rental.cash_price):
        assert money(amount, "USD") in text
    assert f"Cost of renting: {money(Decimal(str(shown['cost_of_renting'])), 'USD')}" in text
    assert text.count("\n|") == months + 1  # a heading, and a line for each payment with the price after it
    prices = re.findall(r"\$([\d,.]+) \|$", text, flags=re.M)
    assert [float(price.replace(",", "")) for price in prices] == [one["price"] for one in shown["early_purchase"]]
    fee = shown["late_fee"]["fee"]
    assert (f"${fee:.2f}" in text) if fee else ("There is no late fee" in text)


@pytest.mark.parametrize("state", ["NY", "CA", "OH", "TX"])
def test_the_prices_of_the_contract_are_those_that_are_asked_later(clock, state):
    """Whoever pays on each day finds the very price that the table of the contract names."""
    rental = make_rental(signed=True, state=state, rental_price="89.99", months=6)
    shown = quoted(rental.product, 6, state=state)["early_purchase"]
    for price in shown[:-1]:
        clock.move_to(datetime.fromisoformat(f"{price['date']}T12:00:00+00:00"))
        pay(rental)
        assert client_of(rental.user).get(f"rentals/{rental.pk}/buyout").json()["buyout_price"] == price["price"]
    assert shown[-1]["price"] == 0


@pytest.mark.parametrize("seen_by", ["answer of renting", "detail", "contract", "contract.pdf"])
def test_it_cannot_be_signed_before_it_was_shown(seen_by):
    rental = unseen()
    api = client_of(rental.user)
    refusal = api.post(f"rentals/{rental.pk}/sign-contract")
    assert (refusal.status_code, refusal.json()["code"]) == (400, "not_shown"), refusal.content
    assert (fresh(rental).status, fresh(rental).contract.is_signed) == ("pending", False)
    # A list, the payments or a quote show no contract.
    api.get("rentals")
    api.get(f"rentals/{rental.pk}/payments")
    intent_of(api, rental)
    assert api.post(f"rentals/{rental.pk}/sign-contract").status_code == 400
    if seen_by == "answer of renting":
        body = {"product_id": rental.product_id, "total_months": 12, "address_id": rental.address_ref_id}
        rental = Rental.objects.get(pk=api.post("rentals", body).json()["rental"]["id"])
    else:
        api.get(f"rentals/{rental.pk}" + ("" if seen_by == "detail" else f"/{seen_by}"))
    assert fresh(rental).contract.events.filter(kind="shown").count() == 1
    assert api.post(f"rentals/{rental.pk}/sign-contract").status_code == 200
    kinds = fresh(rental).contract.events.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["written", "shown", "signed"]


def test_what_staff_read_was_not_shown_to_the_customer():
    rental = unseen()
    staff = client_of(AdminFactory())
    for path in ("", "/contract", "/contract.pdf"):
        assert staff.get(f"rentals/{rental.pk}{path}").status_code == 200
    assert not fresh(rental).contract.events.filter(kind="shown").exists()
    assert client_of(rental.user).post(f"rentals/{rental.pk}/sign-contract").status_code == 400


@pytest.mark.parametrize("signed", [False, True])
def test_what_was_agreed_stays_whatever_the_shop_changes(settings, signed):
    rental = make_rental(signed=signed, state="NY", rental_price="89.99")
    api = client_of(rental.user)
    before = api.get(f"rentals/{rental.pk}").json()["rental"]
    price = api.get(f"rentals/{rental.pk}/buyout").json()
    Product.objects.update(price=1, rental_price=1, name="Renamed", sku="NEW-1", image_url="/n.svg", condition="fair")
    settings.RENTAL_TERMS, settings.LATE_FEES, settings.SHOP_NAME = [9], True, "Another shop"
    path = f"auth/addresses/{rental.address_ref_id}"
    assert api.patch(path, {"state": "OH", "city": "Elsewhere"}).status_code == 200
    after = api.get(f"rentals/{rental.pk}").json()["rental"]
    catalogue = ("condition",)  # the detail's picture of the product as it is today
    assert {key: after[key] for key in after if key not in catalogue} == {
        key: before[key] for key in before if key not in catalogue
    }
    again = api.get(f"rentals/{rental.pk}/buyout").json()
    assert {key: again.get(key) for key in again if key != "valid_until"} == {
        key: price.get(key) for key in price if key != "valid_until"
    }
    assert verify(fresh(rental).contract).holds


def test_the_schedule_is_frozen_with_the_signature():
    rental = make_rental(signed=True)
    for change in ({"amount": 1}, {"due_date": "2026-12-30"}, {"number": 40}):
        one = Installment.objects.get(rental=rental, number=12)
        kept = {name: getattr(one, name) for name in change}
        Installment.objects.filter(pk=one.pk).update(**change)
        proof = verify(fresh(rental).contract)
        assert not proof.holds
        assert "installment 12" in proof.problem
        Installment.objects.filter(pk=one.pk).update(**kept)
    assert verify(fresh(rental).contract).holds


def test_a_quote_writes_nothing_and_holds_nothing():
    product = ProductFactory(inventory_count=0)
    assert quoted(product, state="NY")["total_amount"] == 599.88
    assert not Rental.objects.exists()
    asked = {"product_id": ProductFactory(is_rentable=False).pk, "total_months": 12}
    refused = ApiClient().post("rentals/quote", asked)
    assert (refused.status_code, refused.json()["code"]) == (400, "not_rentable")
