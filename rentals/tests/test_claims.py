"""A transaction id is a claim: only money that was asked for, for this rental and purpose, counts, and once."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from accounts.tests.factories import AdminFactory, UserFactory
from orders.tests import shop
from orders.tests.shop import make_order
from payments.gateways.sandbox import client as sandbox
from payments.models import Payment, Refund, SandboxIntent
from payments.refunds.services import request_refund, send_pending
from rentals.models import LateFee, Rental, RentalPayment
from rentals.money.dunning import waive_fee
from rentals.tests.factories import make_rental
from rentals.tests.shop import (
    PATHS,
    books_agree,
    claim,
    client_of,
    confirm,
    end_by,
    fresh,
    intent_of,
    paid_at_the_gateway,
    pay,
    refused,
    run_worker,
    try_card,
    webhook,
)

START = datetime(2025, 4, 1, 10, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.clock(START)]

purposes = pytest.mark.parametrize("purpose", list(PATHS))


@pytest.fixture
def rental():
    """A signed one, of which a month is paid."""
    rental = make_rental(signed=True)
    pay(rental)
    return rental


def state_of(rental):
    """Everything that a claim could change."""
    rental = fresh(rental)
    return (
        rental.status,
        list(rental.installments.values_list("state", "paid_with")),
        list(RentalPayment.objects.filter(rental=rental).values_list("pk", "counted_at", "reported_at")),
        list(rental.status_history.values_list("status", flat=True)),
        list(Payment.objects.filter(rental_payment__rental=rental).values_list("status", "refunded_amount")),
        Refund.objects.count(),
    )


@purposes
@pytest.mark.parametrize("named_by", ["intent", "charge"])
def test_by_intent_and_by_charge_of_a_payment_that_we_know_nothing_of_yet(rental, purpose, named_by):
    intent, paid = paid_at_the_gateway(rental, purpose)
    answer = claim(rental, intent if named_by == "intent" else paid.charge_id, purpose)
    assert answer.status_code == 200, answer.content
    assert fresh(rental).payments_made == (2 if purpose == "installment" else 1)
    assert fresh(rental).status == ("active" if purpose == "installment" else "completed")
    refused(claim(rental, intent, purpose), "transaction_used")
    refused(claim(rental, paid.charge_id, purpose), "transaction_used")
    assert books_agree(rental)


@purposes
@pytest.mark.parametrize("first", ["webhook", "browser", "both"])
def test_the_first_report_is_told_yes_although_the_webhook_was_faster(rental, purpose, first):
    intent, paid = paid_at_the_gateway(rental, purpose)
    if first in ("webhook", "both"):
        webhook(paid)
    if first in ("browser", "both"):
        assert confirm(client_of(rental.user), intent).status_code == 200
    assert fresh(rental).payments_made == (2 if purpose == "installment" else 1)
    answer = claim(rental, intent, purpose)
    assert answer.status_code == 200, answer.content
    if purpose == "installment":
        assert answer.json()["rental"]["payments_made"] == 2
    else:
        assert answer.json()["amount_paid"] == 549.89
    before = state_of(rental)
    refused(claim(rental, intent, purpose), "transaction_used")
    webhook(paid)
    assert state_of(rental) == before
    assert books_agree(rental)


@purposes
def test_what_is_no_payment_of_this_rental(rental, purpose):
    stranger, mine = make_rental(signed=True), make_rental(user=rental.user, signed=True)
    order = make_order(user=rental.user)
    other_purpose = "buyout" if purpose == "installment" else "installment"
    foreign = [paid_at_the_gateway(one, purpose) for one in (stranger, mine)]
    foreign += [paid_at_the_gateway(rental, other_purpose)]
    api = client_of(rental.user)
    ordered = shop.intent_of(api, order)
    foreign += [(ordered, sandbox.pay(intent_id=ordered, card=sandbox.SUCCESS))]
    before = state_of(rental)
    for intent, paid in foreign:
        for name in (intent, paid.charge_id):
            refused(claim(rental, name, purpose), "invalid_transaction")
            assert state_of(rental) == before, intent
    for intent, paid in foreign:
        webhook(paid)
        answer = claim(rental, intent, purpose)
        # The rental's own buyout has ended it by now, or not yet.
        over = fresh(rental).status == "completed"
        refused(answer, "no_remaining_payments" if over else "invalid_transaction")
    assert fresh(stranger).payments_made == (1 if purpose == "installment" else 0)
    assert books_agree(rental)


JUNK = ["pi_unknown", "ch_unknown", "0", "null", "%", "_" * 30, "pi_sandbox_' OR 1=1 --", "\u202e", "💸", "x" * 120]


@purposes
def test_junk_names_nothing(rental, purpose):
    api = client_of(rental.user)
    intent_of(api, rental, purpose)
    before = state_of(rental)
    for name in JUNK:
        refused(claim(rental, name, purpose, api=api), "invalid_transaction")
    for name in ("", " ", "\x00", "pi_\x00", "x" * 121, 7, True, [], {}, ["pi_1"], {"id": "pi_1"}, 1.5):
        refused(claim(rental, name, purpose, api=api), "invalid")
    assert state_of(rental) == before


def test_an_installment_is_not_paid_with_nothing(rental):
    api = client_of(rental.user)
    for body in ({}, {"payment_method": "stripe"}, {"transaction_id": None}):
        refused(api.post(f"rentals/{rental.pk}/make-payment", body), "invalid")
        answer = api.post(f"rentals/{rental.pk}/buyout", body)
        assert "transaction_id" in refused(answer, "invalid_transaction")
    assert fresh(rental).payments_made == 1


@purposes
def test_another_case_of_the_letters_is_another_id(rental, purpose):
    """MySQL's collations hold both for equal."""
    intent, paid = paid_at_the_gateway(rental, purpose)
    webhook(paid)
    charge = paid.charge_id
    for name in (intent.upper(), intent.swapcase(), intent.title(), charge.upper(), f"{intent}x", intent[:-1]):
        refused(claim(rental, name, purpose), "invalid_transaction" if purpose == "installment" else "wrong_status")
    assert claim(rental, f" {intent} ", purpose).status_code == 200  # spaces around a text are no part of it


@purposes
@pytest.mark.parametrize(
    ("card", "status"), [(None, None), (shop.DECLINED, "declined"), (shop.AUTHENTICATE, "requires_action")]
)
def test_what_was_not_paid(rental, purpose, card, status):
    api = client_of(rental.user)
    intent = intent_of(api, rental, purpose)
    if card:
        assert try_card(api, intent, card) == status
        run_worker()
    made = fresh(rental).payments_made
    refused(claim(rental, intent, purpose), "payment_not_settled")
    refused(claim(rental, "ch_", purpose), "invalid_transaction")
    refused(claim(rental, "", purpose), "invalid")
    assert (fresh(rental).payments_made, fresh(rental).status) == (made, "active")
    assert try_card(api, intent, card or shop.GOOD, authenticate=True) in ("succeeded", "declined")
    if card == shop.DECLINED:
        assert try_card(api, intent) == "succeeded"
    assert claim(rental, intent, purpose).status_code == 200


def test_a_refunded_payment_is_no_proof(rental):
    """Staff gave the money back before the customer told of it."""
    intent, paid = paid_at_the_gateway(rental)
    webhook(paid)
    request_refund(payment=Payment.objects.get(intent_id=intent), amount=Decimal("0.01"), reason="Kindness")
    assert "refunded" in refused(claim(rental, intent), "invalid_transaction")
    send_pending()
    refused(claim(rental, intent), "invalid_transaction")


def test_a_fee_that_was_waived_in_the_meantime_does_not_spoil_the_payment(rental):
    """The fee's part goes back, and the first report of the payment is still told yes."""
    second = fresh(rental).installments.get(number=2)
    fee = LateFee.objects.create(installment=second, amount=Decimal("9.00"), assessed_on=START.date())
    intent, paid = paid_at_the_gateway(rental)
    waive_fee(fee=fee, by=AdminFactory(), because="A bank holiday")
    webhook(paid)
    answer = claim(rental, intent)
    assert answer.status_code == 200, answer.content
    assert (answer.json()["receipt"]["amount"], answer.json()["rental"]["payments_made"]) == (58.99, 2)
    assert books_agree(rental)
    assert Refund.objects.get().amount == 9


def test_a_fee_that_is_waived_at_the_moment_of_its_payment(rental, monkeypatch):
    """Settling has read the open fees when staff waive one: the fee's part goes back, the month is paid."""
    fee = LateFee.objects.create(
        installment=fresh(rental).installments.get(number=2), amount=Decimal("9.00"), assessed_on=START.date()
    )
    _intent, paid = paid_at_the_gateway(rental)
    staff, read = AdminFactory(), Rental.open_late_fees

    def read_and_waive(rental):
        fees = read.fget(rental)
        waive_fee(fee=fee, by=staff, because="A call at that very moment")
        return fees

    monkeypatch.setattr(Rental, "open_late_fees", property(read_and_waive))
    webhook(paid)
    assert fresh(rental).payments_made == 2
    assert books_agree(rental)
    assert Refund.objects.get().amount == 9


def test_the_amount_is_always_the_servers(rental):
    api = client_of(rental.user)
    for extra in ({"amount": 1}, {"amount": 0.01, "currency": "JPY"}):
        answer = api.post(f"rentals/{rental.pk}/payment-intent", {"purpose": "installment", **extra})
        assert "amount" in refused(answer, "invalid")
        body = {"payment_method": "stripe", "transaction_id": "pi_1", **extra}
        assert "amount" in refused(api.post(f"rentals/{rental.pk}/make-payment", body), "invalid")
    for purpose, amount in (("installment", 49.99), ("buyout", 549.89)):
        answer = api.post(f"rentals/{rental.pk}/payment-intent", {"purpose": purpose}).json()
        assert (answer["amount"], answer["currency"], answer["gateway"]) == (amount, "USD", "sandbox")


def test_a_gateway_that_settles_another_amount_pays_nothing(rental):
    intent, paid = paid_at_the_gateway(rental)
    SandboxIntent.objects.filter(intent_id=intent).update(amount="1.00")
    before = state_of(rental)
    refused(claim(rental, intent), "amount_mismatch")
    refused(claim(rental, paid.charge_id), "amount_mismatch")
    assert state_of(rental) == before


ALIASES = [
    ("/api/payment/create-payment-intent", "/api/payment/confirm-payment-intent", "", ""),
    ("/api/v1/payment/create-payment-intent/", "/api/v1/payment/confirm-payment-intent", "", ""),
    ("/payment/stripe_handler.php", "/payment/stripe_handler.php", "create_payment_intent", "confirm_payment_intent"),
]


@pytest.mark.parametrize(("create", "settle", "creating", "settling"), ALIASES)
def test_the_first_clients_pay_rentals_too(rental, create, settle, creating, settling):
    api, stranger = client_of(rental.user), client_of(UserFactory())
    asked = {"rental_id": rental.pk, "amount": 1, "currency": "JPY"} | ({"action": creating} if creating else {})
    refused(stranger.post(create, asked), "not_found", 404)
    answer = api.post(create, asked)
    assert (answer.status_code, answer.json()["amount"], answer.json()["currency"]) == (200, 49.99, "USD")
    intent = answer.json()["payment_intent_id"]
    assert intent == intent_of(api, rental)
    told = {"payment_intent_id": intent} | ({"action": settling} if settling else {})
    refused(api.post(settle, told), "payment_not_settled")
    sandbox.pay(intent_id=intent, card=sandbox.SUCCESS)
    refused(stranger.post(settle, told), "not_found", 404)
    assert api.post(settle, told).status_code == 200
    assert fresh(rental).payments_made == 2
    assert claim(rental, intent).status_code == 200
    end_by(rental, "return")
    refused(api.post(create, asked), "wrong_status")
