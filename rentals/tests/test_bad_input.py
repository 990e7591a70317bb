"""What rentals refuse, and that nothing has changed afterwards."""

import pytest
from django.utils import timezone

from accounts.tests.factories import AddressFactory, AdminFactory, UserFactory
from catalog.models import Product, RentalTerm
from catalog.tests.factories import ProductFactory, tracked_product
from orders.tests.bad import BODIES, JUNK, RAW, refused
from payments.models import Payment
from rentals.contracts.verifying import verify
from rentals.models import (
    Rental,
)
from rentals.tests.factories import make_rental
from rentals.tests.shop import client_of, fresh, pay, snapshot

pytestmark = pytest.mark.django_db


def body_for(user, product=None, **changes):
    """A body that POST /rentals takes, but for the changes."""
    address = user.addresses.first() or AddressFactory(user=user)
    product = product or ProductFactory()
    return {"product_id": product.pk, "total_months": 12, "address_id": address.pk, **changes}


MONTHS = [0, -1, 1, 2, 4, 11, 13, 37, 60, 1200, 1201, 10**9, 2**63, 12.0, 12.5, "12", "", True, None, [12], {"a": 12}]


@pytest.mark.parametrize("path", ["rentals", "rentals/quote"])
@pytest.mark.parametrize("months", MONTHS)
def test_terms_that_nobody_offers(user, path, months):
    body = body_for(user, total_months=months)
    if path == "rentals/quote":
        del body["address_id"]
    before = snapshot()
    answer = client_of(user).post(path, body)
    assert "total_months" in refused(answer)["error"]
    assert snapshot() == before


def test_staff_say_which_terms_are_on_offer(user):
    RentalTerm.objects.update(is_active=False)
    RentalTerm.objects.create(months=9, factor=1)
    product = ProductFactory()
    for months in (3, 6, 12, 18, 24, 36):
        refused(client_of(user).post("rentals", body_for(user, product, total_months=months)))
    made = client_of(user).post("rentals", body_for(user, product, total_months=9)).json()["rental"]
    assert (made["total_months"], made["monthly_rate"], made["total_amount"]) == (9, 66.66, 599.94)


@pytest.mark.parametrize("field", ["product_id", "total_months", "address_id"])
def test_any_value_in_any_field_of_a_new_rental(user, field):
    good = body_for(user)
    before, api = snapshot(), client_of(user)
    for value in JUNK:
        answer = api.post("rentals", {**good, field: value})
        refused(answer, 400, 404)
        assert answer.status_code == 400 or type(value) is int, (value, answer.content)
        assert snapshot() == before, value
    refused(api.post("rentals", {key: good[key] for key in good if key != field}))
    assert snapshot() == before


OWN_ROUTES = ["cancel", "return", "sign-contract", "payment-intent", "make-payment", "buyout"]


@pytest.mark.parametrize("route", OWN_ROUTES)
def test_bodies_that_are_none(route):
    rental = make_rental(signed=True)
    before, api = snapshot(), client_of(rental.user)
    for raw in BODIES.values():
        refused(api.post(f"rentals/{rental.pk}/{route}", raw))
        assert snapshot() == before, raw[:20]
    for raw in RAW.values():
        refused(api.post(f"rentals/{rental.pk}/{route}", b'{"surely_unknown": ' + raw + b"}"))
    refused(api.post(f"rentals/{rental.pk}/{route}", {"surely_unknown": 1}))
    assert snapshot() == before


FIELDS = [
    ("cancel", "notes"),
    ("return", "notes"),
    ("sign-contract", "name"),
    ("sign-contract", "consent_version"),
    ("payment-intent", "purpose"),
    ("make-payment", "transaction_id"),
    ("make-payment", "payment_method"),
    ("buyout", "payment_method"),
]
TEXTS = [repr(text) for text in ("", " ", "1", "one", "\u202e")]


@pytest.mark.parametrize(("route", "field"), FIELDS)
def test_any_value_in_any_field(route, field):
    rental = make_rental()
    api = client_of(rental.user)
    whole = {"transaction_id": "pi_unknown"} if route in ("make-payment", "buyout") else {}
    before = snapshot()
    for value in JUNK:
        if field == "notes" and repr(value) in TEXTS:
            continue  # a note may be any text
        if (field, repr(value)) in {("name", "'1'"), ("name", "'one'"), ("consent_version", "'1'")}:
            continue  # and so may a name
        refused(api.post(f"rentals/{rental.pk}/{route}", {**whole, field: value}))
        assert snapshot() == before, value


def test_addresses_of_others_and_products_that_are_not_for_rent(user):
    before_products = {
        "archived": ProductFactory(archived_at=timezone.now()),
        "not rentable": ProductFactory(is_rentable=False),
        "no rate": ProductFactory(rental_price=None, is_rentable=False),
        "none left": ProductFactory(inventory_count=0),
        "no device left": tracked_product(devices=0),
    }
    expected = {
        "archived": (404, "not_found"),
        "not rentable": (400, "not_rentable"),
        "no rate": (400, "not_rentable"),
        "none left": (400, "out_of_stock"),
        "no device left": (400, "out_of_stock"),
    }
    bodies = {name: body_for(user, product) for name, product in before_products.items()}
    before, api = snapshot(), client_of(user)
    for name, body in bodies.items():
        answer = api.post("rentals", body)
        assert (answer.status_code, answer.json()["code"]) == expected[name], name
        assert snapshot() == before, name
    strangers = AddressFactory()
    gone = AddressFactory(user=user)
    assert api.delete(f"auth/addresses/{gone.pk}").status_code == 200
    before = snapshot()
    for address in (strangers.pk, gone.pk, 2**62):
        refused(api.post("rentals", body_for(user, Product.objects.first(), address_id=address)), 404, 400)
        refused(api.post("rentals", {**body_for(user, ProductFactory()), "address_id": address}), 404)
    assert not Rental.objects.exists()
    assert {model: rows for model, rows in snapshot().items() if model is not Product} == {
        model: rows for model, rows in before.items() if model is not Product
    }


def test_the_rate_is_never_the_clients(user):
    before = snapshot()
    for extra in ({"monthly_rate": 1}, {"total_amount": 0}, {"cash_price": 1}, {"user_id": 1}, {"status": "active"},
                  {"start_date": "2020-01-01"}, {"currency": "JPY"}, {"notes": "x"}):  # fmt: skip
        body = body_for(user, **extra)
        assert next(iter(extra)) in refused(client_of(user).post("rentals", body))["error"]
    assert Rental.objects.count() == 0
    assert snapshot()[Payment] == before[Payment]


NAMES = [
    "🦄 Ünïcode Ñame 用户",
    "\u202eevil",
    "<script>alert(1)</script>",
    "%s {name} {{ x }}",
    "Robert'); DROP TABLE rentals;--",
    "x" * 100,
    "\n\r\n1. FORGED\n",
    "ﷺ" * 20,
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_can_sign_and_its_contract_holds(name):
    user = UserFactory(first_name=name[:150], last_name="💸")
    rental = make_rental(user=user, name=f"{name} Laptop"[:200])
    api = client_of(user)
    assert api.get(f"rentals/{rental.pk}").status_code == 200
    answer = api.post(f"rentals/{rental.pk}/sign-contract", {"name": name})
    assert answer.status_code == 200, answer.content
    for document in ("contract", "contract.pdf"):
        assert api.get(f"rentals/{rental.pk}/{document}").content.startswith(b"%PDF-")
    text = fresh(rental).contract.text
    assert text.startswith("RENT-TO-OWN AGREEMENT")
    assert "\n1. FORGED" not in text
    assert "\u202e" not in text
    pay(rental, "buyout")
    assert api.get(f"rentals/{rental.pk}/ownership.pdf").content.startswith(b"%PDF-")
    assert verify(fresh(rental).contract).holds


ROUTES = [
    ("GET", ""), ("GET", "/contract"), ("GET", "/contract.pdf"), ("GET", "/ownership.pdf"), ("GET", "/payments"),
    ("GET", "/buyout"), ("GET", "/autopay"), ("POST", "/cancel"), ("POST", "/return"), ("POST", "/sign-contract"),
    ("POST", "/payment-intent"), ("POST", "/make-payment"), ("POST", "/buyout"), ("PUT", "/autopay"),
    ("DELETE", "/autopay"),
]  # fmt: skip
GOOD_BODIES = {
    "/make-payment": {"transaction_id": "pi_1"},
    "/autopay": {"setup_intent_id": "seti_1", "consent": True},
}


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_somebody_elses_rental_does_not_exist(method, route):
    rental, pending = make_rental(signed=True), make_rental()
    pay(rental)
    intruder = client_of(make_rental(signed=True).user)
    body = GOOD_BODIES.get(route) if method in ("POST", "PUT") else None
    before = snapshot()
    ids = [rental.pk, pending.pk, 0, -1, "x", "1.0", 2**63, 10**30, "%00", "٣"]
    answers = [intruder.generic(method, f"rentals/{pk}{route}", body) for pk in ids]
    # Not by a word does an answer tell what exists.
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1, answers
    refused(answers[0], 404)
    assert snapshot() == before


def test_a_list_by_a_status_that_does_not_exist(user):
    make_rental(user=user)
    api = client_of(user)
    for status in ("overdue", "PENDING", "x", "pending'", "\x00"):
        refused(api.get("rentals", {"status": status}))
    for status, found in (("pending", 1), ("active", 0), ("", 1)):
        assert len(api.get("rentals", {"status": status}).json()["rentals"]) == found
    for page in ("0", "-1", "x", "1e9", str(10**30)):
        assert api.get("rentals", {"page": page, "per_page": page}).status_code in (200, 400)


def test_staff_see_rentals_and_sign_for_nobody():
    rental = make_rental()
    api = client_of(AdminFactory())
    assert api.get(f"rentals/{rental.pk}").status_code == 200
    before = snapshot()
    refused(api.post(f"rentals/{rental.pk}/sign-contract"), 404)
    refused(api.put(f"rentals/{rental.pk}/autopay", {"setup_intent_id": "seti_1", "consent": True}), 404)
    assert snapshot() == before
