"""Saved cards in the sandbox: saving, charging while the owner is away, removing."""

import json

import pytest

from accounts.tests.factories import UserFactory
from core.testing.client import ApiClient
from orders.tests.shop import deliver, run_worker
from payments import services
from payments.cards import services as cards
from payments.cards import wallet
from payments.models import CardSetup, GatewayCustomer, SandboxIntent, SavedCard, WebhookEvent
from payments.tests.shop import (
    DECLINED,
    GOOD,
    NO_FUNDS,
    payment_of,
    save_card,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    save_card()  # another user's, which could be taken for the user's
    return UserFactory()


@pytest.fixture
def api(user):
    return ApiClient().login_as(user)


def begin(api):
    """A setup that the browser has begun."""
    return api.post("payments/setup-intent").json()


def type_card(api, setup, card):
    """The browser types a card; what it is told."""
    return api.post(f"payments/sandbox/setup/{setup['setup_intent_id']}/confirm", {"card": card})


def rows_with(text):
    """The tables that hold a text somewhere, of all that payments has."""
    from django.apps import apps

    models = apps.get_app_config("payments").get_models()
    return [model.__name__ for model in models if text in json.dumps(list(model.objects.values()), default=str)]


def test_a_card_is_saved_through_the_api_and_its_number_kept_nowhere(user, api, caplog, capfd):
    setup = begin(api)
    assert setup.keys() == {"setup_intent_id", "client_secret", "publishable_key", "gateway"}
    assert (setup["gateway"], setup["publishable_key"]) == ("sandbox", "pk_sandbox")
    answer = type_card(api, setup, NO_FUNDS)
    assert (answer.status_code, answer.json()["status"]) == (200, "succeeded")
    card = cards.finish_setup(user=user, setup_id=setup["setup_intent_id"])
    assert (card.brand, card.last4, card.exp_month, card.exp_year, card.user) == ("visa", "9995", 12, 2040, user)
    assert str(card) == "Visa •••• 9995"
    assert rows_with(NO_FUNDS) == []
    assert "SavedCard" in rows_with("9995")
    assert NO_FUNDS not in caplog.text + "".join(capfd.readouterr())
    assert "request_finished" in caplog.text


def test_finishing_again_is_the_same_card(user, api):
    setup = begin(api)["setup_intent_id"]
    type_card(api, {"setup_intent_id": setup}, GOOD)
    assert cards.finish_setup(user=user, setup_id=setup) == cards.finish_setup(user=user, setup_id=setup)
    assert user.saved_cards.count() == 1
    assert CardSetup.objects.get(setup_id=setup).status == "succeeded"


def test_a_setup_nobody_typed_into_has_no_card(user, api):
    setup = begin(api)["setup_intent_id"]
    with pytest.raises(cards.CardNotSaved):
        cards.finish_setup(user=user, setup_id=setup)
    assert not user.saved_cards.exists()


def test_a_card_that_cannot_be_saved_leaves_the_setup_to_another(user, api):
    setup = begin(api)
    answer = type_card(api, setup, DECLINED).json()
    assert (answer["status"], answer["message"]) == ("declined", "Your card was declined.")
    with pytest.raises(cards.CardNotSaved, match="declined"):
        cards.finish_setup(user=user, setup_id=setup["setup_intent_id"])
    assert type_card(api, setup, GOOD).json()["status"] == "succeeded"
    assert type_card(api, setup, GOOD).json()["code"] == "setup_intent_over"


def test_somebody_elses_setup_does_not_exist(user, api):
    theirs = CardSetup.objects.exclude(user=user).get().setup_id
    for setup in (theirs, "seti_unknown"):
        with pytest.raises(cards.SetupNotFound):
            cards.finish_setup(user=user, setup_id=setup)
        assert type_card(api, {"setup_intent_id": setup}, GOOD).status_code == 404


@pytest.mark.parametrize("card", ["4111111111111111", "", 4242424242424242, None, "x" * 20])
def test_only_test_cards_are_taken_and_never_repeated(api, card):
    answer = type_card(api, begin(api), card)
    assert answer.status_code == 400
    assert "4111111111111111" not in answer.content.decode()


def test_a_user_has_one_customer(user):
    save_card(user)
    save_card(user)
    assert GatewayCustomer.objects.filter(user=user).count() == 1
    assert len({card.customer_id for card in user.saved_cards.all()}) == 1


def test_ones_cards(user, settings):
    first, second = save_card(user), save_card(user)
    assert list(wallet.cards_of(user)) == [second, first]
    wallet.remove_card(card=first)
    assert list(wallet.cards_of(user)) == [second]
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    assert list(wallet.cards_of(user)) == []


def test_a_removed_card_is_forgotten_for_good(user):
    card = save_card(user)
    removed_at = wallet.remove_card(card=card).removed_at
    assert wallet.remove_card(card=card).removed_at == removed_at
    payment = payment_of(user)
    with pytest.raises(cards.CardNotUsable):
        cards.charge_saved_card(payment=payment, card=card, attempt="1")
    with pytest.raises(cards.CardNotUsable):
        cards.finish_setup(user=user, setup_id=CardSetup.objects.get(user=user).setup_id)
    SavedCard.objects.filter(user=user).update(removed_at=None)  # the gateway, too, has forgotten it
    with pytest.raises(services.DomainError, match="no such payment method"):
        cards.charge_saved_card(payment=payment, card=card, attempt="2")
    assert not SandboxIntent.objects.exclude(charge_id="").exists()


def test_with_stripe_there_is_no_sandbox_to_save_in(api, settings):
    setup = begin(api)
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    assert type_card(api, setup, GOOD).status_code == 404


def test_the_gateways_word_about_a_setup_is_kept_and_changes_nothing(user, api):
    setup = begin(api)["setup_intent_id"]
    body = {"id": "evt_setup", "type": "setup_intent.succeeded", "data": {"object": {"id": setup}}}
    assert deliver(body).status_code == 200
    run_worker()
    assert WebhookEvent.objects.get().status == "ignored"
    assert not user.saved_cards.exists()
