"""Saved cards against a Stripe server that remembers; what was added to it stands in localstripe_server.py."""

import logging
import uuid

import pytest
import requests

from accounts.tests.factories import UserFactory
from core.testing.client import ApiClient
from payments import services
from payments.cards import services as cards
from payments.cards import wallet
from payments.gateways.base import GatewayRefused
from payments.models import CardSetup, GatewayCustomer, SandboxCustomer, SavedCard
from payments.tests.localstripe import AUTHENTICATE, DECLINED, SECRET_KEY, SUCCESS
from payments.tests.shop import PaymentSignals, payment_of

pytestmark = pytest.mark.django_db

UNSAVABLE = "4000000000009995"  # Stripe itself, too, declines this one when it is saved


@pytest.fixture
def user(localstripe):
    return UserFactory()


def save(localstripe, user, number=SUCCESS):
    """A card that the user saved in Stripe's form."""
    setup = cards.start_setup(user=user)
    localstripe.save(setup.setup_id, number).raise_for_status()
    return cards.finish_setup(user=user, setup_id=setup.setup_id)


def test_a_card_is_saved(user, localstripe, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    body = ApiClient().login_as(user).post("payments/setup-intent").json()
    assert (body["gateway"], body["publishable_key"]) == ("stripe", "pk_test_shown")
    assert body["client_secret"].startswith(body["setup_intent_id"])
    with pytest.raises(cards.CardNotSaved):
        cards.finish_setup(user=user, setup_id=body["setup_intent_id"])
    localstripe.save(body["setup_intent_id"]).raise_for_status()
    card = cards.finish_setup(user=user, setup_id=body["setup_intent_id"])
    assert card == cards.finish_setup(user=user, setup_id=body["setup_intent_id"])
    assert (card.brand, card.last4, card.exp_month, card.exp_year) == ("visa", "4242", 12, 2030)
    assert card.payment_method_id.startswith("pm_")
    assert CardSetup.objects.get().status == "succeeded"
    assert not SandboxCustomer.objects.exists()
    said = caplog.text + "".join(capfd.readouterr())
    assert "setup_intents" in said
    assert not [secret for secret in (SUCCESS, SECRET_KEY) if secret in said]


def test_a_card_that_is_declined_is_not_saved(user, localstripe):
    setup = cards.start_setup(user=user)
    assert localstripe.save(setup.setup_id, UNSAVABLE).status_code == 402
    with pytest.raises(cards.CardNotSaved):
        cards.finish_setup(user=user, setup_id=setup.setup_id)
    assert not SavedCard.objects.exists()


def test_a_user_has_one_customer_however_often_its_answer_was_lost(user, localstripe):
    save(localstripe, user)
    first = GatewayCustomer.objects.get().customer_id
    GatewayCustomer.objects.update(customer_id=None)
    cards.start_setup(user=user)
    assert GatewayCustomer.objects.get().customer_id == first


def test_a_good_card_is_charged_once(user, localstripe):
    card, payment = save(localstripe, user), payment_of(user)
    with PaymentSignals() as told:
        charged = [cards.charge_saved_card(payment=payment, card=card, attempt=name) for name in ("1", "1", "2")]
    assert {(each.status, each.charge_id) for each in charged} == {("succeeded", localstripe.charges()[0]["id"])}
    assert told == ["settled"]
    [intent] = localstripe.intents()
    assert (intent["amount"], intent["customer"]) == (4999, card.customer.customer_id)
    assert len(localstripe.charges()) == 1


def test_an_intent_from_before_the_card_was_saved_is_charged(user, localstripe):
    payment = services.ensure_intent(payment=payment_of(user))
    card = save(localstripe, user)
    assert cards.charge_saved_card(payment=payment, card=card, attempt="1").status == "succeeded"
    assert len(localstripe.intents()) == len(localstripe.charges()) == 1


def test_a_decline_is_one_try_an_attempt_and_another_card_may_follow(user, localstripe):
    payment, bad, good = payment_of(user), save(localstripe, user, DECLINED), save(localstripe, user)
    for _ in range(2):
        declined = cards.charge_saved_card(payment=payment, card=bad, attempt="1")
        assert (declined.status, declined.failure_code) == ("failed", "card_declined")
    everything = requests.get(f"{localstripe.base}/v1/charges", auth=("sk_test_x", ""), timeout=10).json()["data"]
    assert len(everything) == 1
    assert cards.charge_saved_card(payment=payment, card=good, attempt="2").status == "succeeded"
    assert len(localstripe.charges()) == 1


def test_a_card_whose_bank_asks_waits_for_the_customer_who_pays_the_same_intent(user, localstripe):
    setup = cards.start_setup(user=user)
    localstripe.save(setup.setup_id, AUTHENTICATE)
    with pytest.raises(cards.CardNotSaved):  # Stripe asks when it is saved, too
        cards.finish_setup(user=user, setup_id=setup.setup_id)
    localstripe.post(f"/v1/setup_intents/{setup.setup_id}/confirm").raise_for_status()
    card = cards.finish_setup(user=user, setup_id=setup.setup_id)
    localstripe.post(f"/v1/payment_methods/{card.payment_method_id}/attach", customer=card.customer.customer_id)
    payment = cards.charge_saved_card(payment=payment_of(user), card=card, attempt="1")
    assert (payment.status, payment.failure_code) == ("requires_action", "authentication_required")
    theirs = localstripe.pay(payment.intent_id, AUTHENTICATE)
    assert theirs["status"] == "requires_action"
    still = cards.charge_saved_card(payment=payment, card=save(localstripe, user), attempt="2")
    assert still.status == "requires_action"  # no charge while the customer is at it
    localstripe.authenticate(payment.intent_id, theirs["client_secret"], success=True).raise_for_status()
    assert cards.charge_saved_card(payment=payment, card=card, attempt="3").status == "succeeded"
    assert len(localstripe.charges()) == 1


@pytest.mark.parametrize("number", [DECLINED, SUCCESS])
def test_money_that_the_customer_was_faster_with_is_written_down(user, localstripe, number):
    payment = services.ensure_intent(payment=payment_of(user))
    card = save(localstripe, user, number)
    localstripe.pay(payment.intent_id)
    assert cards.charge_saved_card(payment=payment, card=card, attempt="1").status == "succeeded"
    assert len(localstripe.charges()) == 1


@pytest.mark.parametrize("number", [DECLINED, AUTHENTICATE, None])
def test_a_payment_is_stopped_after_whatever_was_tried(user, localstripe, number):
    payment, card = services.ensure_intent(payment=payment_of(user)), save(localstripe, user)
    if number:
        localstripe.pay(payment.intent_id, number)
    assert services.cancel_intent(payment=payment).status == "cancelled"
    assert localstripe.intent(payment.intent_id)["status"] == "canceled"
    assert cards.charge_saved_card(payment=payment, card=card, attempt="1").status == "cancelled"
    assert localstripe.charges() == []


def test_a_removed_card_is_detached_for_good(user, localstripe):
    card = save(localstripe, user)
    assert wallet.remove_card(card=card).removed_at
    SavedCard.objects.update(removed_at=None)
    payment = payment_of(user)
    with pytest.raises(GatewayRefused):
        cards.charge_saved_card(payment=payment, card=card, attempt="1")
    payment.refresh_from_db()
    assert payment.status == "created"
    assert wallet.remove_card(card=SavedCard.objects.get()).removed_at
    assert localstripe.charges() == []


def test_a_refusal_says_nothing_of_an_older_decline(user, localstripe):
    payment, bad, gone = payment_of(user), save(localstripe, user, DECLINED), save(localstripe, user)
    cards.charge_saved_card(payment=payment, card=bad, attempt="1")
    requests.post(
        f"{localstripe.base}/v1/payment_methods/{gone.payment_method_id}/detach", auth=("sk_test_x", ""), timeout=10
    )
    with pytest.raises(GatewayRefused):
        cards.charge_saved_card(payment=payment, card=gone, attempt="2")


def test_a_key_that_was_used_for_an_intent_without_a_customer_is_no_obstacle(user, localstripe):
    """The answer to a first intent was lost; then the customer saved a card."""
    payment = payment_of(user, key=uuid.uuid4())
    services.ensure_intent(payment=payment)
    type(payment).objects.update(intent_id=None, client_secret="")
    card = save(localstripe, user)
    assert cards.charge_saved_card(payment=payment, card=card, attempt="1").status == "succeeded"
    assert len(localstripe.charges()) == 1
