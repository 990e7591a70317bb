"""Saving and charging cards on a bad day: lost answers and outages; one charge, always."""

import pytest

from core.testing.client import ApiClient
from payments.cards import services as cards
from payments.cards import wallet
from payments.gateways.base import GatewayUnavailable
from payments.gateways.stripe.vault import StripeVault
from payments.models import CardSetup, GatewayCustomer
from payments.tests.shop import PaymentSignals, payment_of

pytestmark = pytest.mark.django_db

OUTAGES = ["drop", "silence", 500, 429, 409, 401, "garbage"]
LONG = 3  # the SDK tries three times
CREATE, RETRIEVE, CONFIRM = 0, 1, 2  # the calls of a charge, in order


@pytest.fixture
def card(user, flaky_stripe):
    """A card that is saved at the server with the bad days."""
    setup = cards.start_setup(user=user)
    return cards.finish_setup(user=user, setup_id=setup.setup_id)


def charge(card, payment, attempt="1"):
    return cards.charge_saved_card(payment=payment, card=card, attempt=attempt)


@pytest.mark.parametrize("step", [CREATE, RETRIEVE, CONFIRM])
@pytest.mark.parametrize("fault", [*OUTAGES, "drop after"])
def test_an_outage_changes_nothing_and_the_next_run_makes_the_one_charge(user, card, flaky_stripe, fault, step):
    payment = payment_of(user)
    flaky_stripe.faults = [None] * step + [fault] * LONG
    with PaymentSignals() as told:
        with pytest.raises(GatewayUnavailable):
            charge(card, payment)
        payment.refresh_from_db()
        assert (payment.status, payment.failure_code, told) == ("created", "", [])
        flaky_stripe.faults = []
        assert charge(card, payment).status == charge(card, payment, "2").status == "succeeded"
    assert (len(flaky_stripe.made), flaky_stripe.charges, told) == (1, ["pi_1"], ["settled"])


@pytest.mark.parametrize("step", [CREATE, RETRIEVE, CONFIRM])
@pytest.mark.parametrize("fault", ["drop", "drop after", "silence", 500, 409])
def test_a_short_trouble_is_not_even_seen(user, card, flaky_stripe, fault, step):
    flaky_stripe.faults = [None] * step + [fault]
    flaky_stripe.calls.clear()
    assert charge(card, payment_of(user)).status == "succeeded"
    assert len(flaky_stripe.calls) == 4
    assert (len(flaky_stripe.made), flaky_stripe.charges) == (1, ["pi_1"])


@pytest.mark.parametrize("attempt", ["1", "2"])
def test_a_charge_whose_answer_was_lost_is_found_by_the_same_and_by_another_attempt(
    user, card, flaky_stripe, attempt
):
    payment = payment_of(user)
    flaky_stripe.faults = [None, None] + ["drop after"] * LONG
    with pytest.raises(GatewayUnavailable):
        charge(card, payment)
    assert flaky_stripe.charges == ["pi_1"]
    assert charge(card, payment, attempt).status == "succeeded"
    assert flaky_stripe.charges == ["pi_1"]
    assert len(flaky_stripe.tries) == 1


def test_a_decline_whose_answer_was_lost_is_not_put_to_the_bank_again(user, card, flaky_stripe):
    payment = payment_of(user)
    flaky_stripe.decline = "insufficient_funds"
    flaky_stripe.faults = [None, None] + ["drop after"] * LONG
    with pytest.raises(GatewayUnavailable):
        charge(card, payment)
    flaky_stripe.decline = ""  # the bank would say yes now, but it is not asked
    declined = charge(card, payment)
    assert (declined.status, declined.failure_code) == ("failed", "insufficient_funds")
    assert len(flaky_stripe.tries) == 1
    assert charge(card, payment, "2").status == "succeeded"
    assert flaky_stripe.charges == ["pi_1"]


def test_a_decline_that_cannot_be_read_is_read_by_the_next_run(user, card, flaky_stripe):
    payment = payment_of(user)
    flaky_stripe.decline = "lost_card"
    flaky_stripe.faults = [None, None, None] + [500] * LONG  # the confirm is answered, reading the intent is not
    with pytest.raises(GatewayUnavailable):
        charge(card, payment)
    assert charge(card, payment).failure_code == "lost_card"
    assert len(flaky_stripe.tries) == 1


def test_a_payment_that_was_faster_than_the_confirm_is_settled(user, card, flaky_stripe, monkeypatch):
    """Stripe refuses to confirm what was paid between looking and confirming."""
    real = StripeVault.charge

    def overtaken(vault, **known):
        flaky_stripe.settle_all()
        return real(vault, **known)

    monkeypatch.setattr(StripeVault, "charge", overtaken)
    assert charge(card, payment_of(user)).status == "succeeded"
    assert flaky_stripe.charges == []


@pytest.mark.parametrize("fault", [*OUTAGES, "drop after"])
def test_saving_a_card_during_an_outage_is_a_503_and_the_user_has_one_customer(user, flaky_stripe, fault):
    api = ApiClient().login_as(user)
    flaky_stripe.faults = [fault] * LONG
    answer = api.post("payments/setup-intent")
    assert (answer.status_code, answer.json()["code"]) == (503, "gateway_unavailable")
    assert not CardSetup.objects.exists()
    flaky_stripe.faults = []
    setup = api.post("payments/setup-intent").json()["setup_intent_id"]
    flaky_stripe.faults = [fault] * LONG
    with pytest.raises(GatewayUnavailable):
        cards.finish_setup(user=user, setup_id=setup)
    flaky_stripe.faults = []
    card = cards.finish_setup(user=user, setup_id=setup)
    assert card.customer.customer_id == GatewayCustomer.objects.get().customer_id == "cus_1"
    assert len(flaky_stripe.customers) == 1


@pytest.mark.parametrize("fault", OUTAGES)
def test_a_card_stays_until_the_gateway_has_forgotten_it(card, flaky_stripe, fault):
    flaky_stripe.faults = [fault] * LONG
    with pytest.raises(GatewayUnavailable):
        wallet.remove_card(card=card)
    card.refresh_from_db()
    assert card.removed_at is None
    flaky_stripe.faults = []
    assert wallet.remove_card(card=card).removed_at
