"""Every rental endpoint answers with the contract's keys and types, under each of its addresses."""

import json
from datetime import UTC, datetime

import pytest

from accounts.tests.factories import AddressFactory, UserFactory
from catalog.tests.factories import ProductFactory
from core.testing.contract import differences
from rentals.tests.factories import DATA, make_rental
from rentals.tests.shop import client_of, intent_of, pay, save_card, try_card

FORMS = ["/api/{}", "/api/{}/", "/api/v1/{}", "/api/v1/{}/"]
forms = pytest.mark.parametrize("form", FORMS)
# The examples of the contract (giggatek-api.md), key by key.
EXAMPLES = json.loads((DATA / "api_examples.json").read_text(encoding="utf-8"))
START = datetime(2025, 4, 1, 10, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.clock(START)]


def check(answer, status, example):
    """The status, and the example's shape; the body."""
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert differences(body, example) == []
    return body


@forms
def test_the_list(form):
    rental = make_rental(signed=True)
    pay(rental)
    body = check(client_of(rental.user).get(form.format("rentals")), 200, EXAMPLES["list"])
    shown = body["rentals"][0]
    for key in ("start_date", "end_date", "monthly_rate", "total_months", "total_amount", "payments_made",
                "remaining_payments", "next_payment_date", "payment_progress", "status"):  # fmt: skip
        assert shown[key] == EXAMPLES["listed"][key], key
    assert shown["payments"][0]["payment_date"] == "2025-04-01"


@forms
def test_the_detail(form):
    rental = make_rental(signed=True)
    pay(rental)
    body = check(client_of(rental.user).get(form.format(f"rentals/{rental.pk}")), 200, {"rental": EXAMPLES["detail"]})
    shown = body["rental"]
    assert shown["contract"]["contract_text"].startswith("RENT-TO-OWN AGREEMENT")
    assert shown["remaining_amount"] == 549.89
    assert [(c["status"], c["notes"], c["created_by"]) for c in shown["status_history"]] == [
        ("active", "Rental contract signed by customer", f"User {rental.user_id}"),
        ("pending", "Rental contract created", f"User {rental.user_id}"),
    ]
    first, second, *_, last = shown["payment_schedule"]
    assert (first["date"], first["status"], first["amount"]) == ("2025-04-01", "completed", 49.99)
    assert first["transaction_id"].startswith("ch_")
    assert (second["date"], second["status"], second["transaction_id"]) == ("2025-05-01", "pending", None)
    assert (last["month"], last["date"]) == (12, "2026-03-01")
    assert json.loads(shown["specifications"])["ram"] == "16GB"


@forms
def test_creating(form):
    user, product = UserFactory(), ProductFactory()
    address = AddressFactory(user=user)
    asked = {"product_id": product.pk, "total_months": 12, "address_id": address.pk}
    body = check(
        client_of(user).post(form.format("rentals"), asked), 201, {"message": "", "rental": EXAMPLES["created"]}
    )
    assert body["message"] == "Rental contract created successfully"
    shown = body["rental"]
    assert (shown["status"], shown["payments_made"], shown["next_payment_date"]) == ("pending", 0, "2025-04-01")
    assert (shown["total_amount"], shown["remaining_payments"]) == (599.88, 12)
    assert body["contract"]["contract_text"].startswith("RENT-TO-OWN AGREEMENT")


@forms
def test_signing(form):
    rental = make_rental()
    answer = client_of(rental.user).post(form.format(f"rentals/{rental.pk}/sign-contract"))
    body = check(answer, 200, {"message": "", "signed_at": "2025-04-07T14:30:00Z"})
    assert (body["message"], body["signed_at"]) == ("Rental contract signed successfully", "2025-04-01T10:00:00Z")


@forms
def test_cancelling(form):
    rental = make_rental()
    body = check(client_of(rental.user).post(form.format(f"rentals/{rental.pk}/cancel")), 200, {"message": ""})
    assert body["message"] == f"Rental for {rental.product_name} cancelled successfully"


@forms
def test_making_a_payment(form):
    rental = make_rental(signed=True)
    pay(rental)
    api = client_of(rental.user)
    intent = intent_of(api, rental)
    try_card(api, intent)
    claim = {"payment_method": "stripe", "transaction_id": intent}
    answer = api.post(form.format(f"rentals/{rental.pk}/make-payment"), claim)
    body = check(answer, 200, {"message": "", "rental": EXAMPLES["summary"]})
    assert body["message"] == "Payment processed successfully"
    shown = body["rental"]
    assert (shown["payments_made"], shown["remaining_payments"], shown["next_payment_date"]) == (2, 10, "2025-06-01")
    quote = api.get(f"rentals/{rental.pk}/buyout").json()
    assert body["receipt"]["buyout_price"] == quote["buyout_price"] == 499.90
    assert body["receipt"]["remaining_amount"] == shown["remaining_amount"] == 499.90


@forms
def test_buying_out(form):
    rental = make_rental(signed=True)
    pay(rental, times=2)
    api = client_of(rental.user)
    quote = api.get(form.format(f"rentals/{rental.pk}/buyout")).json()
    assert quote["buyout_price"] == 499.90
    assert quote.keys() >= {"formula", "inputs", "valid_until"}
    intent = intent_of(api, rental, "buyout")
    try_card(api, intent)
    claim = {"payment_method": "stripe", "transaction_id": intent}
    answer = api.post(form.format(f"rentals/{rental.pk}/buyout"), claim)
    body = check(answer, 200, {"message": "", "amount_paid": 499.90})
    assert body["message"] == f"Rental for {rental.product_name} has been successfully bought out"
    assert body["amount_paid"] == 499.90


@forms
def test_the_figures(form):
    user = UserFactory()
    rental = make_rental(user=user, signed=True)
    pay(rental, times=2)
    other = make_rental(user=user)
    client_of(user).post(f"rentals/{other.pk}/cancel")
    make_rental(signed=True)
    body = check(client_of(user).get(form.format("rentals/stats")), 200, EXAMPLES["stats"])
    assert body["status_counts"] == {"pending": 0, "active": 1, "completed": 0, "returned": 0, "cancelled": 1}
    assert (body["total_rentals"], body["total_spent"], body["total_products_rented"]) == (2, 99.98, 2)
    assert body["upcoming_payments"] == [
        {"id": rental.pk, "product_id": rental.product_id, "next_payment_date": "2025-06-01", "monthly_rate": 49.99,
         "product_name": rental.product_name},
    ]  # fmt: skip


@forms
def test_the_payments(form):
    rental = make_rental(signed=True)
    pay(rental)
    body = check(
        client_of(rental.user).get(form.format(f"rentals/{rental.pk}/payments")),
        200,
        {"payments": [EXAMPLES["payment"]]},
    )
    assert (body["payments"][0]["status"], body["payments"][0]["purpose"]) == ("completed", "installment")


@forms
def test_a_quote_needs_no_login(form):
    product = ProductFactory()
    asked = {"product_id": product.pk, "total_months": 12, "country": "US", "state": "NY"}
    body = client_of(UserFactory()).post(form.format("rentals/quote"), asked).json()
    assert (body["monthly_rate"], body["total_amount"], body["cash_price"]) == (49.99, 599.88, 599.99)
    assert (body["number_of_payments"], body["payments"][1]["due_date"]) == (12, "2025-05-01")
    assert (body["cost_of_renting"], body["ownership_date"]) == (-0.11, "2026-03-01")
    assert body["early_purchase"][1] == {"month": 2, "date": "2025-05-01", "price": 499.90}
    assert body["pack_code"] == "us-ny"


@forms
def test_the_documents(form):
    rental = make_rental(signed=True)
    api = client_of(rental.user)
    for name in ("contract", "contract.pdf"):
        answer = api.get(form.format(f"rentals/{rental.pk}/{name}"))
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")
    assert api.get(form.format(f"rentals/{rental.pk}/ownership.pdf")).status_code == 404
    pay(rental, "buyout")
    assert api.get(form.format(f"rentals/{rental.pk}/ownership.pdf")).content.startswith(b"%PDF-")


@forms
def test_autopay(form):
    rental = make_rental(signed=True)
    api = client_of(rental.user)
    path = form.format(f"rentals/{rental.pk}/autopay")
    before = api.get(path).json()
    assert before["autopay"]["enabled"] is False
    assert "authorize" in before["consent_text"]
    on = api.put(path, {"setup_intent_id": save_card(api), "consent": True})
    assert on.status_code == 200, on.content
    assert on.json()["autopay"]["card"] == {"brand": "visa", "last4": "4242"}
    assert api.delete(path).json()["autopay"]["enabled"] is False
    assert api.delete(path).status_code == 200
