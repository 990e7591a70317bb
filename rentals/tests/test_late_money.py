"""Money before the signature, after the end, and for a price that has changed: what cannot count goes back."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.tests.factories import UserFactory
from payments import services as payments
from payments.gateways.sandbox import client as sandbox
from payments.models import Payment, SandboxIntent
from rentals.models import Installment, LateFee, RentalPayment
from rentals.tests.factories import make_rental
from rentals.tests.shop import (
    PATHS,
    books_agree,
    claim,
    client_of,
    end_by,
    fresh,
    intent_of,
    paid_at_the_gateway,
    pay,
    refused,
    webhook,
)

START = datetime(2025, 4, 1, 10, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.clock(START)]


@pytest.fixture
def rental():
    """A signed one, of which a month is paid."""
    rental = make_rental(signed=True)
    pay(rental)
    return rental


@pytest.mark.parametrize("told_by", ["webhook", "claim"])
def test_only_the_first_installment_is_paid_before_the_signature(told_by):
    rental = make_rental()
    api = client_of(rental.user)
    refused(api.post(f"rentals/{rental.pk}/payment-intent", {"purpose": "buyout"}), "wrong_status")
    intent, paid = paid_at_the_gateway(rental)
    webhook(paid) if told_by == "webhook" else None
    assert claim(rental, intent).status_code == 200
    assert (fresh(rental).status, fresh(rental).payments_made) == ("pending", 1)
    refused(api.post(f"rentals/{rental.pk}/payment-intent", {"purpose": "installment"}), "wrong_status")
    assert Payment.objects.count() == 1
    assert api.post(f"rentals/{rental.pk}/cancel").status_code == 200
    payment = Payment.objects.get()
    assert (payment.refunded_amount, fresh(rental).status) == (Decimal("49.99"), "cancelled")
    refused(claim(rental, intent), "invalid_transaction")
    assert books_agree(rental)


def test_a_second_payment_before_the_signature_goes_back():
    """Two tabs: both intents were opened while nothing was paid."""
    rental = make_rental()
    first = intent_of(client_of(rental.user), rental)
    second = payments.open_payment(user=rental.user, amount=Decimal("49.99"), currency="USD", gateway="sandbox")
    payments.ensure_intent(payment=second)
    RentalPayment.objects.create(rental=rental, payment=second, purpose="installment")
    for intent in (first, second.intent_id):
        webhook(sandbox.pay(intent_id=intent, card=sandbox.SUCCESS))
    assert claim(rental, first).status_code == 200
    refused(claim(rental, second.intent_id), "payment_refunded")
    assert books_agree(rental)
    assert Payment.objects.get(pk=second.pk).refunded_amount == second.amount
    assert fresh(rental).payments_made == 1


@pytest.mark.parametrize(
    ("how", "purpose"), [("cancel", "installment"), *itertools.product(("return", "buyout", "last month"), PATHS)]
)
def test_nothing_is_taken_after_the_end_and_late_money_goes_back(how, purpose):
    rental = make_rental(signed=how != "cancel")
    api = client_of(rental.user)
    late = intent_of(api, rental, purpose)
    end_by(rental, how)
    made, kept = fresh(rental).payments_made, Payment.objects.settled().count()
    # The gateway took the money at the very moment at which it was asked to close the intent.
    SandboxIntent.objects.filter(intent_id=late).update(status="requires_payment_method")
    webhook(sandbox.pay(intent_id=late, card=sandbox.SUCCESS))
    refused(claim(rental, late, purpose), "payment_refunded")
    assert books_agree(rental)
    payment = Payment.objects.get(intent_id=late)
    assert (payment.status, payment.refunded_amount) == ("succeeded", payment.amount)
    assert (fresh(rental).payments_made, Payment.objects.settled().count()) == (made, kept + 1)
    for wanted in PATHS:
        answer = api.post(f"rentals/{rental.pk}/payment-intent", {"purpose": wanted})
        over = "no_remaining_payments" if fresh(rental).status == "completed" else "wrong_status"
        refused(answer, over if wanted == "installment" else "wrong_status")
    refused(claim(rental, "pi_unknown"), "no_remaining_payments")
    refused(claim(rental, "pi_unknown", "buyout"), "wrong_status")
    refused(api.post(f"rentals/{rental.pk}/buyout"), "wrong_status")


def test_a_stale_price_is_refused_with_a_new_one_and_the_money_goes_back(rental):
    """The month was paid in another tab after the price was asked for."""
    api = client_of(rental.user)
    intent = intent_of(api, rental, "buyout")
    pay(rental)
    webhook(sandbox.pay(intent_id=intent, card=sandbox.SUCCESS))
    assert "499.90" in refused(claim(rental, intent, "buyout"), "stale_quote")
    assert api.get(f"rentals/{rental.pk}/buyout").json()["buyout_price"] == 499.90
    assert fresh(rental).status == "active"
    assert books_agree(rental)
    assert Payment.objects.get(intent_id=intent).refunded_amount == Decimal("549.89")
    assert pay(rental, "buyout").json()["amount_paid"] == 499.90
    assert books_agree(rental)


def test_a_price_holds_for_its_time_while_nothing_is_paid(clock):
    """A month falls due within the day that the price was promised for, and the price of New York goes up."""
    rental = make_rental(signed=True, state="NY", rental_price="89.99")
    pay(rental, times=2)
    clock.move_to(datetime(2025, 6, 1, 20, tzinfo=UTC))
    quote = client_of(rental.user).get(f"rentals/{rental.pk}/buyout").json()
    assert (quote["buyout_price"], quote["valid_until"]) == (499.99, "2025-06-02T20:00:00Z")
    intent = intent_of(client_of(rental.user), rental, "buyout")
    clock.move_to(datetime(2025, 6, 2, 19, 59, tzinfo=UTC))
    assert client_of(rental.user).get(f"rentals/{rental.pk}/buyout").json()["buyout_price"] == 539.98
    assert intent_of(client_of(rental.user), rental, "buyout") != intent  # whoever asks anew is asked for today's
    SandboxIntent.objects.filter(intent_id=intent).update(status="requires_payment_method")
    webhook(sandbox.pay(intent_id=intent, card=sandbox.SUCCESS))
    answer = claim(rental, intent, "buyout")
    assert (answer.status_code, answer.json()["amount_paid"]) == (200, 499.99), answer.content
    assert fresh(rental).status == "completed"
    assert books_agree(rental)


def test_a_price_that_is_over_is_refused(clock):
    rental = make_rental(signed=True, state="NY", rental_price="89.99")
    pay(rental, times=2)
    clock.move_to(datetime(2025, 6, 1, 20, tzinfo=UTC))
    intent = intent_of(client_of(rental.user), rental, "buyout")
    clock.move_to(datetime(2025, 6, 2, 20, 0, 1, tzinfo=UTC))
    webhook(sandbox.pay(intent_id=intent, card=sandbox.SUCCESS))
    assert "539.98" in refused(claim(rental, intent, "buyout"), "stale_quote")
    assert fresh(rental).status == "active"
    assert books_agree(rental)


def test_a_price_that_is_over_and_still_the_same_is_taken(rental, clock):
    intent = intent_of(client_of(rental.user), rental, "buyout")
    clock.move_to(START + timedelta(days=20))
    webhook(sandbox.pay(intent_id=intent, card=sandbox.SUCCESS))
    assert claim(rental, intent, "buyout").status_code == 200
    assert books_agree(rental)


def test_owning_for_nothing_needs_no_transaction():
    """Ohio counts half of what was paid: after 25 of 36 months at 49.99, more than the cash price."""
    rental = make_rental(signed=True, months=36, state="OH", user=UserFactory())
    pay(rental, times=24)
    api = client_of(rental.user)
    assert api.get(f"rentals/{rental.pk}/buyout").json()["buyout_price"] == 0.11
    assert "transaction_id" in refused(api.post(f"rentals/{rental.pk}/buyout"), "invalid_transaction")
    pay(rental)
    assert api.get(f"rentals/{rental.pk}/buyout").json()["buyout_price"] == 0
    answer = api.post(f"rentals/{rental.pk}/payment-intent", {"purpose": "buyout"})
    refused(answer, "nothing_to_pay")
    refused(claim(rental, "pi_unknown", "buyout"), "invalid_transaction")
    answer = api.post(f"rentals/{rental.pk}/buyout")
    assert (answer.status_code, answer.json()["amount_paid"]) == (200, 0), answer.content
    assert fresh(rental).status == "completed"
    assert list(fresh(rental).installments.values_list("state", flat=True)) == ["paid"] * 25 + ["closed"] * 11
    refused(api.post(f"rentals/{rental.pk}/buyout"), "wrong_status")
    assert books_agree(rental)


def test_a_late_fee_stands_between_nothing_and_owning():
    rental = make_rental(signed=True, months=36, state="OH")
    pay(rental, times=25)
    following = Installment.objects.get(rental=rental, number=26)
    LateFee.objects.create(installment=following, amount=Decimal("5.00"), assessed_on=START.date())
    refused(client_of(rental.user).post(f"rentals/{rental.pk}/buyout"), "invalid_transaction")
    assert pay(rental, "buyout").json()["amount_paid"] == 5
    assert LateFee.objects.get().paid_with is not None
